/** What the commands about rooms have in common: a Node that has the room without its reducer, and speaks for it while it is here. */
import { Argument, type Command } from 'commander';
import { openRooms } from '../library/index.rooms.node.ts';
import type { KeptRoom } from '../services/rooms/index.ts';
import { addPresenceOptions, type MeshOptions, type MeshWork, withMesh } from './mesh-command.ts';

export interface RoomWork extends MeshWork {
  readonly room: KeptRoom;
}

export interface HowToKeep {
  /** Undefined: in memory only. */
  readonly folder?: string;
  /** Until somebody has the room. Otherwise for as long as `--timeout` says. */
  readonly isPatient?: boolean;
}

export function addRoomOptions(command: Command): Command {
  return addPresenceOptions(
    command.addArgument(
      new Argument('<room link>', 'the link to the room, in quotes; or the part after # with --server'),
    ),
  );
}

/** As `withMesh`. @throws also what `rooms.keep` throws */
export function withRoom(
  link: string,
  options: MeshOptions,
  work: (context: RoomWork) => Promise<number>,
  { folder, isPatient = false }: HowToKeep = {},
): Promise<void> {
  return withMesh(link, options, async (context) => {
    const { mesh, signal } = context;
    const rooms = openRooms(mesh, folder === undefined ? {} : { folder });
    try {
      const timeoutMs = 1000 * options.timeout;
      const room = await rooms.keep(link, { signal, ...(!isPatient && { timeoutMs }) });
      return await work({ ...context, room });
    } finally {
      rooms.close();
    }
  });
}
