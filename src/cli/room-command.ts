/** What the commands about rooms have in common: a Node that has the room without its reducer, and speaks for it while it is here. */
import { Argument, type Command } from 'commander';
import { CancelledError, LeafcutterError } from '../runtime/index.ts';
import type { KeptRoom } from '../services/rooms/index.ts';
import { addPresenceOptions, type MeshOptions, type MeshWork, withMesh } from './mesh-command.ts';

export interface RoomWork extends MeshWork {
  readonly room: KeptRoom;
}

export interface HowToKeep {
  /** Undefined: in memory only. */
  readonly folder?: string;
  /** Looks until somebody has the room, and calls this as `Rooms.keep` does. Otherwise it looks for as long as `--timeout` says. */
  readonly onLooking?: (why: string) => void;
  /** As in `Rooms.keep`. */
  readonly isPassing?: boolean;
}

export function addRoomOptions(command: Command): Command {
  return addPresenceOptions(
    command.addArgument(
      new Argument(
        '<room link>',
        'the link to a room with roles (on the page: Chat, Invite), in quotes; or the part after # with --server',
      ),
    ),
  );
}

/**
 * As `withMesh`; the signal aborts as well when this device is taken out of the room.
 * @throws also what `rooms.keep` throws, and RoomRemovedError
 */
export function withRoom(
  link: string,
  options: MeshOptions,
  work: (context: RoomWork) => Promise<number>,
  { folder, onLooking, isPassing = false }: HowToKeep = {},
): Promise<void> {
  return withMesh(link, options, async (context) => {
    const { mesh, signal } = context;
    // Only now: the other commands need nothing of it.
    const { openRooms } = await import('../library/index.rooms.node.ts');
    const rooms = openRooms(mesh, folder === undefined ? {} : { folder });
    try {
      const looking = onLooking ? { onLooking } : { timeoutMs: 1000 * options.timeout };
      const room = await rooms.keep(link, { signal, isPassing, ...looking });
      return await whileMember({ ...context, room }, work);
    } finally {
      rooms.close();
    }
  });
}

/**
 * As `withRoom`, for work that begins when all is here that they had who have the room.
 * @throws also LeafcutterError: nobody could say what that is
 */
export function withWholeRoom(
  link: string,
  options: MeshOptions,
  work: (context: RoomWork) => Promise<number>,
  how: Pick<HowToKeep, 'isPassing'>,
): Promise<void> {
  const whenWhole = async (context: RoomWork): Promise<number> => {
    await untilWhole(context);
    return work(context);
  };
  return withRoom(link, options, whenWhole, how);
}

/** Without anybody there is nothing to wait for: what is here then may be a part, or only the beginning. */
export async function untilWhole({ room, signal }: Pick<RoomWork, 'room' | 'signal'>): Promise<void> {
  await room.synced({ signal });
  const others = room.members.filter(({ isHere, isSelf }) => isHere && !isSelf);
  if (others.some(({ node }) => room.headsOf(node) !== undefined)) return;
  const what = others.length === 0 ? 'has just left' : 'does not say what it has';
  throw new LeafcutterError('room-left', `whoever had the room ${what}: try again`);
}

async function whileMember(
  { room, signal, ...context }: RoomWork,
  work: (context: RoomWork) => Promise<number>,
): Promise<number> {
  const { RoomRemovedError } = await import('../library/index.rooms.node.ts');
  const removed = new AbortController();
  const look = (): void => {
    if (room.sync.type === 'removed') removed.abort(new RoomRemovedError(room.sync.reason));
  };
  room.events.on('sync', look);
  look();
  const code = await work({ ...context, room, signal: AbortSignal.any([signal, removed.signal]) }).catch(
    (error: unknown) => {
      throw error instanceof CancelledError && removed.signal.aborted ? removed.signal.reason : error;
    },
  );
  if (!signal.aborted) removed.signal.throwIfAborted();
  return code;
}
