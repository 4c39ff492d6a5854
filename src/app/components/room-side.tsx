/** The room beside the stage, from when it is first wanted. Closed it is out of sight, and goes on. */
import { useMemo } from 'preact/hooks';
import { useApp } from './app-context.ts';
import { LazyPart } from './lazy-part.tsx';

const load = async () => (await import('../room/room-panel.tsx')).RoomPanel;

export function RoomSide() {
  const { room } = useApp();
  const failed = useMemo(
    () => (): void => {
      room.isOpen.value = false;
      room.isAwake.value = false;
    },
    [room],
  );
  if (!room.isAwake.value) return null;
  return (
    <aside class="room" aria-label="Room" hidden={!room.isOpen.value}>
      <LazyPart name="the room" load={load} onFailed={failed} />
    </aside>
  );
}
