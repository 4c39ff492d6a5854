/**
 * `leafcutter/rooms`: state that several Nodes share without a host: a reducer over signed updates, sealed for those who have its link.
 *
 * @example
 * const rooms = openRooms(mesh, { isKept: true });
 * const room = await rooms.create({ reducer, initial: [] });
 * room.subscribe((state) => state, show);
 * await room.update({ add: 'milk' });
 * share(`${location.origin}${location.pathname}${room.links.write}`);
 */
import { systemTime } from '../runtime/index.ts';
import { browserPlace } from '../services/disk/index.browser.ts';
import type { Rooms } from '../services/rooms/index.ts';
import { networkHash } from '../wire/index.ts';
import type { Mesh } from './mesh.ts';
import { noDisk, type OpenRoomsOptions, openRoomsIn } from './open-rooms.ts';

export * from '../services/rooms/index.ts';
export type { OpenRoomsOptions };

/**
 * Once a mesh, and ends with it. Links of its rooms begin with `#` and the network's invite: put them behind the address of a page.
 * @throws LeafcutterError `no-disk`: to be kept where there is no IndexedDB, or in a folder in a page
 */
export function openRooms(mesh: Mesh, { isKept = false, folder }: OpenRoomsOptions = {}): Rooms {
  if (folder !== undefined) throw noDisk('a page keeps rooms in IndexedDB: say `isKept`');
  if (isKept && !('indexedDB' in globalThis)) throw noDisk('there is no IndexedDB here to keep rooms in');
  const place = isKept ? browserPlace(networkHash(mesh.networkName), systemTime) : undefined;
  return openRoomsIn(place, mesh);
}
