/** The room's name, how it compares with what the others have, and the way in for others. */
import { useRef } from 'preact/hooks';
import type { RoomDisk } from '../../services/rooms/index.ts';
import { useApp } from '../components/app-context.ts';
import { ClosableDialog } from '../components/closable-dialog.tsx';
import { Icon } from '../components/icon.tsx';
import { sentence } from '../state/format.ts';
import { RoomInvite } from './room-invite.tsx';
import { useRoom } from './room-view.ts';
import { paceText, syncText } from './sync-text.ts';
import { WayBack } from './way-back.tsx';

export function RoomHead({ onMake }: { onMake(): Promise<void> }) {
  const { page } = useRoom();
  const dialog = useRef<HTMLDialogElement>(null);
  const { text, tone, title } = syncText(page.sync.value);
  const sync = page.sync.value;
  const slowed = paceText(page.pace.value);
  const trouble = sync.type === 'removed' ? sentence(sync.reason) : diskTrouble(page.disk.value);
  return (
    <>
      <header class="room-head">
        <h2>Room</h2>
        <span class={`tag ${tone}`} title={title} data-testid="room-sync">
          {text}
        </span>
        {sync.type !== 'removed' && (
          <button type="button" class="button small room-invite" onClick={() => dialog.current?.showModal()}>
            <Icon name="link" />
            Invite
          </button>
        )}
        <CloseRoom />
      </header>
      {slowed !== undefined && (
        <p class="room-problem" data-testid="room-pace">
          {slowed}
        </p>
      )}
      {trouble !== undefined && <p class="room-problem">{trouble}</p>}
      {sync.type === 'removed' && <WayBack />}
      <ClosableDialog title="Invite to this room" dialog={dialog}>
        <RoomInvite onMake={onMake} />
      </ClosableDialog>
    </>
  );
}

export function CloseRoom() {
  const { room } = useApp();
  return (
    <button
      type="button"
      class="button quiet icon"
      aria-label="Close room"
      onClick={() => {
        room.isOpen.value = false;
      }}
    >
      <Icon name="close" />
    </button>
  );
}

function diskTrouble(disk: RoomDisk): string | undefined {
  return disk.type === 'trouble' ? sentence(`this device does not keep the room: ${disk.reason}`) : undefined;
}
