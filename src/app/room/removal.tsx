/** The way out of a room for somebody else: what an administrator is told before, and what becomes of it. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { messageOf } from '../../runtime/index.ts';
import type { Member } from '../../services/rooms/index.ts';
import { Icon } from '../components/icon.tsx';
import { sentence } from '../state/format.ts';
import { useRoom } from './room-view.ts';

interface Removal {
  readonly member: Member;
  readonly name: string;
}

/** Where this device may remove people: not from the network's room, whose key everybody has who has the invite. */
export function RemoveButton({ member, name }: Removal) {
  const { page } = useRoom();
  const isAsking = useSignal(false);
  if (page.grant !== 'admin' || page.isNetworks) return null;
  const label = `Remove ${name} from the room`;
  return (
    <>
      <button
        type="button"
        class="button quiet icon small"
        aria-label={label}
        title={label}
        onClick={() => {
          isAsking.value = true;
        }}
      >
        <Icon name="close" />
      </button>
      {isAsking.value && (
        <Question
          member={member}
          name={name}
          onClose={() => {
            isAsking.value = false;
          }}
        />
      )}
    </>
  );
}

function Question({ member, name, onClose }: Removal & { onClose(): void }) {
  const { page } = useRoom();
  const dialog = useRef<HTMLDialogElement>(null);
  const isUnderWay = useSignal(false);
  const problem = useSignal<string | undefined>(undefined);
  const gone = useRef(new AbortController());
  useEffect(() => {
    dialog.current?.showModal();
    return () => gone.current.abort();
  }, []);
  const remove = async (): Promise<void> => {
    isUnderWay.value = true;
    problem.value = undefined;
    try {
      await page.room.boot(member, { signal: gone.current.signal });
      onClose();
    } catch (error) {
      problem.value = sentence(messageOf(error));
    } finally {
      isUnderWay.value = false;
    }
  };
  return (
    <dialog ref={dialog} class="dialog room-removal" aria-label={`Remove ${name}?`} onClose={onClose}>
      <h2>Remove {name}?</h2>
      <p>
        They read nothing that is written from now on, and what they write counts nowhere. What they have had
        so far stays with them.
      </p>
      <p class="muted">
        The room gets new keys: links that you gave out bring nobody in any more who is not in already.
      </p>
      {problem.value !== undefined && (
        <p class="field-error" role="alert">
          {problem.value}
        </p>
      )}
      <div class="room-choices">
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          Cancel
        </button>
        <button
          type="button"
          class="button primary"
          disabled={isUnderWay.value}
          onClick={() => void remove()}
        >
          {isUnderWay.value ? 'Removing …' : 'Remove from room'}
        </button>
      </div>
    </dialog>
  );
}
