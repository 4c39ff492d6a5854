/**
 * The render farm of a Node without a page: what src/app/session.ts is for a tab, on a mesh that was joined by an invite. The only place
 * in the terminal where blobs, render threads and farm are put together.
 */
import { Farm } from '../farm/index.ts';
import type { Mesh } from '../library/index.node.ts';
import { createRenderFarm, Meter, type RenderFarm } from '../render/job/index.ts';
import {
  systemClock as clock,
  systemTimers as timers,
  systemWallClock as wallClock,
} from '../runtime/index.ts';
import { createBlobs } from '../services/blobs/index.ts';
import { type BuiltFiles, builtKernel } from './built-files.ts';
import { countedPool } from './counted-pool.ts';
import { createThreadPool } from './thread-pool.ts';
import { createThreadReader } from './thread-reader.ts';

/** What this machine's workers have rendered, in pixel samples, whoever has it now. */
export interface OwnWork {
  readonly samplesDone: number;
  /** Over the last seconds. */
  readonly samplesPerSecond: number;
}

export interface MeshFarm {
  readonly farm: RenderFarm;
  ownWork(): OwnWork;
  /** Ends the workers; what they have in hand goes back when the Node says goodbye. */
  close(): void;
}

/** @throws LeafcutterError `not-built` */
export async function openMeshFarm(mesh: Mesh, built: BuiltFiles, workers: number): Promise<MeshFarm> {
  const kernel = await builtKernel(built);
  const { node } = mesh;
  const blobs = createBlobs({ node, clock, timers });
  const meter = new Meter();
  const pool = countedPool(createThreadPool(kernel.modules, built.thread), (samples) =>
    meter.record(node.id, samples, clock.now()),
  );
  const jobs = new Farm({ node, clock, wallClock, timers });
  const farm = createRenderFarm({
    ...{ node, farm: jobs, blobs, pool, clock, timers },
    kernelHash: kernel.hash,
    readSource: createThreadReader(built.reader),
  });
  farm.setWorkerCount(workers);
  return {
    farm,
    ownWork() {
      const [own] = meter.rates(clock.now());
      return { samplesDone: own?.samples ?? 0, samplesPerSecond: own?.samplesPerSecond ?? 0 };
    },
    close() {
      farm.close();
      jobs.close();
      blobs.close();
    },
  };
}
