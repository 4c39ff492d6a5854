/** Whether the debug panel is open; the key `d` toggles it while nobody types. */
import { signal } from '@preact/signals';

export const isDebugOpen = signal(false);

export function listenForDebugKey(target: Document): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'd' || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (isTyping(event.target)) return;
    event.preventDefault();
    isDebugOpen.value = !isDebugOpen.value;
  };
  target.addEventListener('keydown', onKey);
  return () => target.removeEventListener('keydown', onKey);
}

/** Inputs that take letters, a select that jumps to them, and editable text. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  ) {
    return true;
  }
  return (
    target instanceof HTMLInputElement &&
    !['button', 'checkbox', 'radio', 'range', 'color', 'file'].includes(target.type)
  );
}
