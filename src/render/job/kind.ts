/**
 * Rendering as a kind of Job: a store is a Film; opening fetches scene and environment by hash, reads the scene, and makes the
 * workers' side of it. A Node with another kernel, or one that reads another scene, must not take part: its bits could differ, and nobody would see where.
 */
import { type JobDescription, type JobKind, JobRefusedError } from '../../farm/index.ts';
import { messageOf } from '../../runtime/index.ts';
import type { BlobHash, BlobService, FetchProgress } from '../../services/blobs/index.ts';
import { type BlockPlan, blockPlan, type SetAside, tileGrid } from '../film/index.ts';
import { frameCount, sceneBlob } from '../settings.ts';
import { RENDER_KIND } from './contract.ts';
import type { RenderPool, SceneLoad } from './pool.ts';
import type { ReadScenes } from './read-scenes.ts';
import { RenderStore } from './render-store.ts';
import { renderRunner, sceneLoad } from './runner.ts';
import { sceneAway } from './scene-away.ts';
import { decodeSpec, type SizedSpec } from './spec.ts';

export interface RenderKindDependencies {
  readonly blobs: BlobService;
  readonly scenes: ReadScenes;
  readonly pool: RenderPool;
  readonly kernelHash: string;
  readonly setAside: SetAside;
  /** The inputs of this Job are here. */
  opened(job: JobDescription): void;
}

export function renderKind(dependencies: RenderKindDependencies): JobKind {
  const { blobs, scenes, pool, kernelHash, setAside, opened } = dependencies;
  return {
    name: RENDER_KIND,
    store(job) {
      const { sized, plan } = readJob(job);
      try {
        return new RenderStore(plan, sized.spec.settings, setAside);
      } catch (cause) {
        throw new JobRefusedError(messageOf(cause), { cause });
      }
    },
    partCount(job) {
      try {
        const { spec } = decodeSpec(job.spec);
        return tileGrid(spec.settings.width, spec.settings.height).tileCount * frameCount(spec);
      } catch {
        return 0; // it is shown nowhere
      }
    },
    async open(job, { signal, holders, onProgress }) {
      const { sized, plan } = readJob(job);
      const { spec, sceneBytes, environmentBytes } = sized;
      if (spec.kernel !== kernelHash) {
        throw new JobRefusedError(
          'this tab does not help: the render was begun with another version of the renderer; reload both tabs, or render it again',
        );
      }
      const wanted: (readonly [hash: BlobHash, totalBytes: number])[] = [[sceneBlob(spec), sceneBytes]];
      if (spec.environmentMap) wanted.push([spec.environmentMap, environmentBytes ?? 0]);
      let read = scenes.acquire(spec);
      const received = new Map<BlobHash, FetchProgress>();
      const gets = await Promise.allSettled(
        wanted.map(([hash, totalBytes]) =>
          blobs.get(hash, {
            holders: holders(),
            totalBytes,
            signal,
            onProgress(progress) {
              received.set(hash, progress);
              let [receivedOfAll, totalOfAll] = [0, 0];
              for (const one of received.values()) {
                receivedOfAll += one.receivedBytes;
                totalOfAll += one.totalBytes;
              }
              onProgress(receivedOfAll, totalOfAll);
            },
          }),
        ),
      );
      const release = (): void => {
        for (const [i, [hash]] of wanted.entries()) if (gets[i]?.status === 'fulfilled') blobs.release(hash);
        if (read) scenes.release(spec);
      };
      try {
        const [scene, map] = gets;
        const failed = gets.find((get) => get.status === 'rejected');
        if (failed || scene?.status !== 'fulfilled') throw sceneAway(failed?.reason);
        const first = read ?? (await scenes.get(spec, scene.value, signal));
        read = first;
        opened(job);
        const mapBytes = map?.status === 'fulfilled' ? map.value : undefined;
        const closing = new AbortController();
        const sceneOf = async (frame: number): Promise<SceneLoad> => {
          const posed = frame === 0 ? first : await scenes.pose(spec, frame, scene.value, closing.signal);
          return sceneLoad(spec.settings, posed, mapBytes);
        };
        return renderRunner(pool, plan, sceneOf, () => {
          closing.abort();
          release();
        });
      } catch (error) {
        release();
        throw error;
      }
    },
  };
}

/** @throws JobRefusedError when it is no render as we would make it */
function readJob({ spec, taskCount }: JobDescription): {
  readonly sized: SizedSpec;
  readonly plan: BlockPlan;
} {
  let sized: SizedSpec;
  try {
    sized = decodeSpec(spec);
  } catch (cause) {
    throw new JobRefusedError(messageOf(cause), { cause });
  }
  const { width, height, samples, noise } = sized.spec.settings;
  const frames = frameCount(sized.spec);
  const plan = [false, true]
    .map((isFormer) => blockPlan(width, height, samples, { frames, noise, isFormer }))
    .find((one) => one.taskCount === taskCount);
  if (!plan) {
    throw new JobRefusedError('this tab does not help: it divides the picture differently; reload both tabs');
  }
  return { sized, plan };
}
