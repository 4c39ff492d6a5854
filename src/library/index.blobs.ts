/** `leafcutter/blobs`: immutable bytes of any size, named by a SHA-256, fetched in pieces from any Node that has some of them. */
import { LeafcutterError, systemClock, systemTime, systemTimers, systemWallClock } from '../runtime/index.ts';
import { type BlobService, createBlobs, openBlobDisk, platformPacking } from '../services/blobs/index.ts';
import { browserPlace } from '../services/disk/index.browser.ts';
import { networkHash } from '../wire/index.ts';
import type { Mesh } from './mesh.ts';

export * from '../services/blobs/index.ts';

/** What becomes of Blobs on this device. */
export interface ShareBlobsOptions {
  /**
   * Keeps what is put and fetched in this browser's IndexedDB, and of what is on its way each mebibyte: a page that is reloaded has what it
   * had, and goes on where it was. At most 1 GiB a Network and half of what the browser grants; what was not used for longest goes.
   * Default: in memory only.
   */
  readonly isKept?: boolean;
}

/**
 * Serves Blobs on a mesh and fetches them; once a mesh. Close it before the mesh.
 * @throws LeafcutterError `no-disk`: to be kept where there is no IndexedDB (in Node)
 */
export function shareBlobs(mesh: Mesh, { isKept = false }: ShareBlobsOptions = {}): BlobService {
  const dependencies = {
    ...{ node: mesh.node, clock: systemClock, timers: systemTimers },
    packing: platformPacking,
  };
  if (!isKept) return createBlobs(dependencies);
  if (!('indexedDB' in globalThis)) {
    throw new LeafcutterError(
      'no-disk',
      'Blobs are kept by browsers only: leave out `isKept`, and write to files what has come',
    );
  }
  const place = browserPlace(networkHash(mesh.networkName), systemTime);
  const blobs = createBlobs({ ...dependencies, disk: openBlobDisk(place, systemWallClock) });
  return {
    ...blobs,
    close() {
      blobs.close();
      place.close();
    },
  };
}
