/**
 * A Node that stood still is taken for gone by the others after some two seconds: what they publish until it is back does not come to it, and
 * nobody here can tell what that was.
 */
import type { Mesh } from '../library/index.node.ts';

/** Calls `missed` whenever that may have been so. Returns the end of it. */
export function watchStandstill(mesh: Pick<Mesh, 'members' | 'on'>, missed: () => void): () => void {
  return mesh.on('away', () => {
    if (mesh.members().length > 1) missed();
  });
}
