/** Names and values, one a line. */
import type { ComponentChildren } from 'preact';

interface Props {
  readonly name: string;
  readonly value: ComponentChildren;
  readonly isMono?: boolean;
}

/** One of a `dl.facts`. */
export function Fact({ name, value, isMono }: Props) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class={isMono ? 'mono' : undefined}>{value}</dd>
    </div>
  );
}
