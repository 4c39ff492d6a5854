/** Takes back what this tab did last in the room, for everybody; and does it again. */
import { useSignal } from '@preact/signals';
import { Icon } from '../components/icon.tsx';
import { useRoom } from './room-view.ts';

export function UndoButtons() {
  const { page } = useRoom();
  const isBusy = useSignal(false);
  const { undo, redo } = page.steps.value;
  const button = (name: 'Undo' | 'Redo', what: string | undefined, work: () => Promise<boolean>) => (
    <button
      type="button"
      class="button quiet icon"
      aria-label={what === undefined ? name : `${name}: ${what}`}
      title={what === undefined ? undefined : `${name} ${what}, for everybody`}
      aria-disabled={what === undefined || isBusy.value}
      onClick={() => {
        if (what === undefined || isBusy.value) return;
        isBusy.value = true;
        void work().finally(() => {
          isBusy.value = false;
        });
      }}
    >
      <Icon name={name === 'Undo' ? 'undo' : 'redo'} />
    </button>
  );
  if (undo === undefined && redo === undefined) return null;
  return (
    <>
      {button('Undo', undo, page.undo)}
      {button('Redo', redo, page.redo)}
    </>
  );
}
