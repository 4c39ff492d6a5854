/** Settings that belong together, under a heading. */
import type { ComponentChildren } from 'preact';

interface GroupProps {
  readonly title: string;
  readonly children: ComponentChildren;
}

export function Group({ title, children }: GroupProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset's legend cannot be laid out in the grid
    <div class="settings-group" role="group" aria-label={title}>
      <h3>{title}</h3>
      {children}
    </div>
  );
}
