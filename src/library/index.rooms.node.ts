/** The same in a process: rooms are kept in a folder. */
import { systemTime } from '../runtime/index.ts';
import { folderPlace } from '../services/disk/index.node.ts';
import type { Rooms } from '../services/rooms/index.ts';
import { networkHash } from '../wire/index.ts';
import type { Mesh } from './mesh.ts';
import { noDisk, type OpenRoomsOptions, openRoomsIn } from './open-rooms.ts';

export * from '../services/rooms/index.ts';

/** As in a page, but that `folder` says where rooms are kept. @throws LeafcutterError `no-disk`: `isKept` without a folder */
export function openRooms(mesh: Mesh, { isKept = false, folder }: OpenRoomsOptions = {}): Rooms {
  if (isKept && folder === undefined) throw noDisk('Node keeps rooms in a folder: say which with `folder`');
  const place =
    folder === undefined ? undefined : folderPlace(folder, networkHash(mesh.networkName), systemTime);
  return openRoomsIn(place, mesh);
}
