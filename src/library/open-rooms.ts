/** Rooms of a mesh, kept where a platform keeps things. */
import {
  LeafcutterError,
  sha256,
  systemClock,
  systemRandom,
  systemTimers,
  systemWallClock,
} from '../runtime/index.ts';
import type { DiskPlace } from '../services/disk/index.ts';
import { createRooms, type Rooms } from '../services/rooms/index.ts';
import type { Mesh } from './mesh.ts';
import { secretsOf } from './secrets.ts';

/** What becomes of rooms on this device. */
export interface OpenRoomsOptions {
  /**
   * Keeps rooms in this browser's IndexedDB: a page that is reloaded, or opened when nobody else is there, has what it had. Sealed: nobody
   * reads them there without a link. Default: in memory only.
   */
  readonly isKept?: boolean;
  /** The same in Node: the folder in which to keep them. */
  readonly folder?: string;
}

/** @param place undefined: in memory only */
export function openRoomsIn(place: DiskPlace | undefined, mesh: Mesh): Rooms {
  const { identity, invite } = secretsOf(mesh);
  const rooms = createRooms({
    ...{ node: mesh.node, identity, invite, digest: sha256 },
    ...{ clock: systemClock, wallClock: systemWallClock, timers: systemTimers, random: systemRandom },
    ...(place && { place }),
  });
  if (!place) return rooms;
  return {
    create: (options) => rooms.create(options),
    open: (link, options) => rooms.open(link, options),
    keep: (link, options) => rooms.keep(link, options),
    forget: (link) => rooms.forget(link),
    close() {
      rooms.close();
      place.close();
    },
  };
}

/** The platform keeps things elsewhere, or nowhere. */
export function noDisk(what: string): LeafcutterError {
  return new LeafcutterError('no-disk', what);
}
