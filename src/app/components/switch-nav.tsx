/** A row of buttons of which one is pressed: which part of something is shown. */
import type { Signal } from '@preact/signals';

export interface SwitchNavProps<Id extends string> {
  /** Said by screen readers. */
  readonly name: string;
  readonly class: string;
  readonly parts: readonly { readonly id: Id; readonly title: string }[];
  readonly shown: Signal<Id>;
  /** The element that a part is in, where it has an id. */
  elementOf?(part: Id): string;
  /** Somebody pressed a button, that of the part that is shown already included. */
  onPress?(): void;
}

export function SwitchNav<Id extends string>({
  name,
  class: className,
  parts,
  shown,
  elementOf,
  onPress,
}: SwitchNavProps<Id>) {
  return (
    <nav class={className} aria-label={name}>
      {parts.map(({ id, title }) => (
        <button
          key={id}
          type="button"
          aria-pressed={shown.value === id}
          aria-controls={elementOf?.(id)}
          onClick={() => {
            shown.value = id;
            onPress?.();
          }}
        >
          {title}
        </button>
      ))}
    </nav>
  );
}
