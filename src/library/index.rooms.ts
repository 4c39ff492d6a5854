/**
 * `leafcutter/rooms`: state that several Nodes share without a host: a reducer over signed updates, sealed for those who have its link.
 *
 * @example
 * const rooms = openRooms(mesh);
 * const room = await rooms.create({ reducer, initial: [] });
 * room.subscribe((state) => state, show);
 * await room.update({ add: 'milk' });
 * share(`${location.origin}${location.pathname}${room.links.write}`);
 */
import { systemClock, systemRandom, systemTimers, systemWallClock } from '../runtime/index.ts';
import { createRooms, type Rooms } from '../services/rooms/index.ts';
import type { Mesh } from './mesh.ts';
import { secretsOf } from './secrets.ts';

export * from '../services/rooms/index.ts';

/** Once a mesh, and ends with it. Links of its rooms begin with `#` and the network's invite: put them behind the address of a page. */
export function openRooms(mesh: Mesh): Rooms {
  const { identity, invite } = secretsOf(mesh);
  return createRooms({
    ...{ node: mesh.node, identity, invite },
    ...{ clock: systemClock, wallClock: systemWallClock, timers: systemTimers, random: systemRandom },
  });
}
