/** A dialog over the page, with its title and a way out. */
import type { ComponentChildren, RefObject } from 'preact';
import { Icon } from './icon.tsx';

interface ClosableDialogProps {
  readonly title: string;
  /** Whoever opens it has it. */
  readonly dialog: RefObject<HTMLDialogElement | null>;
  readonly children: ComponentChildren;
  onClose?(): void;
}

export function ClosableDialog({ title, dialog, children, onClose }: ClosableDialogProps) {
  return (
    <dialog ref={dialog} class="dialog" aria-label={title} onClose={() => onClose?.()}>
      <div class="section-head">
        <h2>{title}</h2>
        <button
          type="button"
          class="button quiet icon"
          aria-label="Close"
          onClick={() => dialog.current?.close()}
        >
          <Icon name="close" />
        </button>
      </div>
      {children}
    </dialog>
  );
}
