/** `leafcutter/blobs`: immutable bytes of any size, named by their SHA-256, fetched in pieces from any Node that has them. */
import { systemClock, systemTimers } from '../runtime/index.ts';
import { type BlobService, createBlobs } from '../services/blobs/index.ts';
import type { Mesh } from './mesh.ts';

export * from '../services/blobs/index.ts';

/** Serves Blobs on a mesh and fetches them; once a mesh. Close it before the mesh. */
export function shareBlobs(mesh: Mesh): BlobService {
  return createBlobs({ node: mesh.node, clock: systemClock, timers: systemTimers });
}
