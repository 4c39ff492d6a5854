/**
 * A button that opens a menu: arrow keys go through it, Escape and whatever takes the focus away close it. As long as it is open its items
 * stay where they are, whatever others do meanwhile: what cannot be chosen any more says so.
 */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { arrowStep } from './arrow-step.ts';
import { Icon, type IconName } from './icon.tsx';

export interface MenuItem {
  readonly label: string;
  readonly hint?: string;
  choose(): void;
}

export interface MenuProps {
  /** Of the opening button, and of the menu. */
  readonly name: string;
  readonly title: string;
  readonly icon: IconName;
  readonly isDisabled?: boolean;
  readonly items: readonly MenuItem[];
  /** Stands before the opening button and belongs to it. */
  readonly children?: ComponentChildren;
}

export function Menu({ name, title, icon, isDisabled = false, items, children }: MenuProps) {
  const isOpen = useSignal(false);
  const root = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only listens to the focus leaving its menu
    <div
      ref={root}
      class="split"
      onBlur={(event) => {
        if (!(event.relatedTarget instanceof Node && root.current?.contains(event.relatedTarget)))
          isOpen.value = false;
      }}
    >
      {children}
      <button
        ref={opener}
        type="button"
        class="button icon"
        aria-label={name}
        title={title}
        aria-haspopup="menu"
        aria-expanded={isOpen.value}
        disabled={isDisabled}
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        <Icon name={icon} />
      </button>
      {isOpen.value && (
        <Items
          name={name}
          items={items}
          onDone={() => {
            isOpen.value = false;
            // Not left on what goes with the menu.
            opener.current?.focus();
          }}
        />
      )}
    </div>
  );
}

interface ItemsProps {
  readonly name: string;
  readonly items: readonly MenuItem[];
  onDone(): void;
}

function Items({ name, items, onDone }: ItemsProps) {
  const list = useRef<HTMLDivElement>(null);
  const [shown] = useState(items);
  const buttons = (): HTMLElement[] => [...(list.current?.querySelectorAll<HTMLElement>('[role]') ?? [])];
  useEffect(() => {
    // Where it opens at the end of a list, the list has to move.
    list.current?.scrollIntoView({ block: 'nearest' });
    buttons()[0]?.focus();
  }, []);
  return (
    <div
      ref={list}
      class="menu"
      role="menu"
      tabIndex={-1}
      aria-label={name}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onDone();
        const step = arrowStep(event);
        if (step === 0) return;
        event.preventDefault();
        const all = buttons();
        const at = all.findIndex((item) => item.contains(document.activeElement));
        all[(at + step + all.length) % all.length]?.focus();
      }}
    >
      {shown.map(({ label, hint }) => {
        const item = items.find((one) => one.label === label);
        return (
          <button
            key={label}
            type="button"
            role="menuitem"
            tabIndex={-1}
            aria-label={label}
            aria-disabled={item === undefined}
            onClick={() => {
              if (!item) return;
              onDone();
              item.choose();
            }}
          >
            <span>{label}</span>
            {hint !== undefined && <span class="muted">{hint}</span>}
          </button>
        );
      })}
    </div>
  );
}
