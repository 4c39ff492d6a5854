/** Over the preview while one chooses what is to be sharp: by a click, or with Enter what is in the middle. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Preview } from '../stage/preview.ts';
import { useApp } from './app-context.ts';

export function FocusPicker({ preview }: { readonly preview: Preview }) {
  const app = useApp();
  const isMissed = useSignal(false);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  const pick = (x: number, y: number): void => {
    void preview.distanceAt(x, y).then((metres) => {
      if (metres === undefined) isMissed.value = true;
      else app.focusAt(metres);
    });
  };
  return (
    <button
      ref={button}
      type="button"
      class="focus-picker"
      aria-label="Click what is to be sharp, or press Enter for the middle; Escape leaves the focus as it is"
      onClick={(event) => {
        // A click by keyboard has no place: the middle it is.
        if (event.detail === 0) {
          pick(0.5, 0.5);
          return;
        }
        const box = event.currentTarget.getBoundingClientRect();
        pick((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') app.focusAt(undefined);
      }}
    >
      <span class="preview-hint" role="status">
        {isMissed.value
          ? 'Nothing is there: click the scene itself'
          : 'Click what is to be sharp · Esc to cancel'}
      </span>
    </button>
  );
}
