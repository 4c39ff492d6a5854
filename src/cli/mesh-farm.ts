/**
 * The render farm of a Node without a page: what src/app/session.ts is for a tab, on a mesh that was joined by an invite. The only place
 * in the terminal where blobs, render threads and farm are put together.
 */
import { registerCompute } from '../compute/index.ts';
import { announceJobs } from '../farm/index.news.ts';
import { callRoll, Farm, openJobArchive } from '../farm/index.ts';
import type { Mesh } from '../library/index.node.ts';
import { createRenderFarm, type LoadedKernel, Meter, type RenderFarm } from '../render/job/index.ts';
import { inputBlobs, type RenderSpec } from '../render/settings.ts';
import {
  systemClock as clock,
  LeafcutterError,
  systemRandom as random,
  systemTimers as timers,
  systemWallClock as wallClock,
} from '../runtime/index.ts';
import { createBlobs, openBlobDisk, platformPacking } from '../services/blobs/index.ts';
import type { DiskPlace } from '../services/disk/index.ts';
import type { Broker } from '../services/pubsub/index.ts';
import type { BuiltFiles } from './built-files.ts';
import { countedPool } from './counted-pool.ts';
import { fileSetAside } from './file-set-aside.ts';
import type { RollCall } from './find-job.ts';
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
  readonly rollCall: RollCall;
  /** Brings what a render is made from, for its guide images. @throws LeafcutterError `inputs-unavailable`, CancelledError */
  bringInputs(spec: RenderSpec, signal: AbortSignal): Promise<void>;
  /** Resolves when what is known of Jobs lies on the disk, or could not be kept. Never rejects. */
  saved(): Promise<void>;
  /** Ends the workers; what they have in hand goes back when the Node says goodbye. */
  close(): void;
}

export interface MeshFarmOptions {
  readonly kernel: LoadedKernel;
  /** The entries of its threads. */
  readonly built: Pick<BuiltFiles, 'thread' | 'reader'>;
  readonly workers: number;
  /** What is said of Jobs goes out by it. */
  readonly broker: Broker;
  /** Somebody wants pictures here. */
  readonly isViewer: boolean;
  /** Where Jobs and Blobs outlive the process; the caller's to close. */
  readonly place?: DiskPlace | undefined;
}

/** At once when the mesh is joined: what the others say of their Jobs to a newcomer they say once. */
export function openMeshFarm(mesh: Mesh, options: MeshFarmOptions): MeshFarm {
  const { kernel, built, workers, broker, isViewer, place } = options;
  const { node } = mesh;
  const blobs = createBlobs({
    ...{ node, clock, timers, packing: platformPacking },
    ...(place && { disk: openBlobDisk(place, wallClock) }),
  });
  const meter = new Meter();
  const pool = countedPool(createThreadPool(kernel.modules, built.thread), (samples) =>
    meter.record(node.id, samples, clock.now()),
  );
  const aside = fileSetAside();
  const jobs = new Farm({
    ...{ node, clock, wallClock, timers, random },
    ...(place && { archive: openJobArchive(place, clock, wallClock) }),
  });
  announceJobs({ farm: jobs, broker, clock });
  const farm = createRenderFarm({
    ...{ node, farm: jobs, blobs, pool, clock, timers, isViewer },
    setAside: aside.setAside,
    kernelHash: kernel.hash,
    readSource: createThreadReader(built.reader).readSource,
  });
  // It leads and keeps what others compute; without a sandbox it runs nothing of it.
  registerCompute({ farm: jobs, blobs, clock, sandbox: undefined });
  farm.setWorkerCount(workers);
  return {
    farm,
    rollCall: (wait) => callRoll({ farm: jobs, node, clock, timers }, wait),
    ownWork() {
      const [own] = meter.rates(clock.now());
      return { samplesDone: own?.samples ?? 0, samplesPerSecond: own?.samplesPerSecond ?? 0 };
    },
    async bringInputs(spec, signal) {
      const holders = mesh.members().flatMap(({ id, isSelf }) => (isSelf ? [] : [id]));
      try {
        for (const hash of inputBlobs(spec)) await blobs.get(hash, { holders, signal });
      } catch (cause) {
        if (signal.aborted) throw cause;
        throw new LeafcutterError(
          'inputs-unavailable',
          'nobody in the network has the scene of this render any more: fetch it without --denoise, and without other --layers than samples',
          { cause },
        );
      }
    },
    saved: () => jobs.saved(),
    close() {
      farm.close();
      jobs.close();
      blobs.close();
      void aside.close();
    },
  };
}
