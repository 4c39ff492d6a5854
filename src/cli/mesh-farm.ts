/**
 * The render farm of a Node without a page: what src/app/session.ts is for a tab, on a mesh that was joined by an invite. The only place
 * in the terminal where blobs, render threads and farm are put together.
 */
import type { Mesh } from '../library/index.node.ts';
import { createRenderFarm, type RenderFarm } from '../render/job/index.ts';
import { systemClock as clock, systemRandom as random, systemTimers as timers } from '../runtime/index.ts';
import { createBlobs } from '../services/blobs/index.ts';
import { type BuiltFiles, builtKernel } from './built-files.ts';
import { createThreadPool } from './thread-pool.ts';

export interface MeshFarm {
  readonly farm: RenderFarm;
  /** Gives back what its workers have in hand. Before the Node says goodbye. */
  close(): void;
}

/** @throws LeafcutterError `not-built` */
export async function openMeshFarm(mesh: Mesh, built: BuiltFiles, workers: number): Promise<MeshFarm> {
  const kernel = await builtKernel(built);
  const { node } = mesh;
  const blobs = createBlobs({ node, clock, timers });
  const pool = createThreadPool(kernel.modules, built.thread);
  const farm = createRenderFarm({ node, blobs, pool, clock, timers, random, kernelHash: kernel.hash });
  farm.setWorkerCount(workers);
  return {
    farm,
    close() {
      farm.close();
      blobs.close();
    },
  };
}
