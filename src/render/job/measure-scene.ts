/**
 * How fast this machine renders a scene, by rendering some of it: a small picture of the same view, over and over. What a scene costs
 * follows from its materials, its depth and where one looks, and no formula knows them.
 */
import type { Clock } from '../../runtime/index.ts';
import { blockPlan } from '../film/index.ts';
import type { KernelSceneInfo } from '../kernel/index.ts';
import { MAX_SAMPLES, type RenderSettings } from '../settings.ts';
import type { RenderPool } from './pool.ts';
import { sceneLoad } from './runner.ts';

/** Pixels of the longer side: enough that all parts of the view count, few enough that one round is short. */
const LONGER_SIDE = 128;
/** Samples of a round. */
const ROUND = 1;

/** What a scene costs on this device. */
export interface SceneCost {
  /** Of one loaded scene: memory, triangles and the time of its hierarchy. */
  readonly info: KernelSceneInfo;
  /** Until all workers have it. */
  readonly loadSeconds: number;
  /** All workers together. */
  readonly samplesPerSecond: number;
}

export interface MeasureOptions {
  readonly scene: Uint8Array;
  readonly environmentMap: Uint8Array | undefined;
  readonly settings: RenderSettings;
  /** All its workers are used. */
  readonly pool: RenderPool;
  readonly clock: Clock;
  /** Above 0; whole rounds are rendered until it is over. */
  readonly forMs: number;
}

/** @throws WorkerFailedError */
export async function measureScene(options: MeasureOptions): Promise<SceneCost> {
  const { scene, environmentMap, settings, pool, clock, forMs } = options;
  const shrink = Math.min(1, LONGER_SIDE / Math.max(settings.width, settings.height));
  const width = Math.max(1, Math.round(shrink * settings.width));
  const height = Math.max(1, Math.round(shrink * settings.height));
  const load = sceneLoad({ ...settings, width, height }, scene, environmentMap);
  const startMs = clock.now();
  const workers = Array.from({ length: pool.size }, (_, worker) => worker);
  const [info] = await Promise.all(workers.map((worker) => pool.load(worker, load)));
  if (!info) throw new RangeError('a pool without workers measures nothing');
  const loadedMs = clock.now();
  const plan = blockPlan(width, height, ROUND);
  let samples = 0;
  const work = async (worker: number): Promise<void> => {
    for (let round = 0; clock.now() - loadedMs < forMs; round++) {
      for (let task = 0; task < plan.taskCount; task++) {
        const block = plan.block(task);
        const { x, y, width: across, height: down, sampleCount } = block;
        // Of each worker its own samples: the same ones would find their way into the caches.
        const firstSample = (ROUND * (round * workers.length + worker)) % MAX_SAMPLES;
        await pool.render(worker, { x, y, width: across, height: down, firstSample, sampleCount });
        samples += across * down * sampleCount;
      }
    }
  };
  await Promise.all(workers.map(work));
  const seconds = Math.max(clock.now() - loadedMs, 1) / 1000;
  return { info, loadSeconds: (loadedMs - startMs) / 1000, samplesPerSecond: samples / seconds };
}
