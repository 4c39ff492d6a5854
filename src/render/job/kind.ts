/**
 * Rendering as a kind of Job: fetches scene and environment by hash and makes the workers' side of it. A Node with another
 * kernel must not take part: its bits could differ, and nobody would see where.
 */
import { type JobKind, JobRefusedError } from '../../farm/index.ts';
import { messageOf } from '../../runtime/index.ts';
import type { BlobHash, BlobService } from '../../services/blobs/index.ts';
import { blockPlan } from '../film/index.ts';
import type { RenderPool } from './pool.ts';
import { renderRunner, sceneLoad } from './runner.ts';
import { decodeSpec } from './spec.ts';

export const RENDER_KIND = 'render';

export interface RenderKindDependencies {
  readonly blobs: BlobService;
  readonly pool: RenderPool;
  readonly kernelHash: string;
}

export function renderKind({ blobs, pool, kernelHash }: RenderKindDependencies): JobKind {
  return {
    name: RENDER_KIND,
    async open({ owner, spec: bytes, taskCount }, { signal, onProgress }) {
      const { spec, sceneBytes, environmentBytes } = (() => {
        try {
          return decodeSpec(bytes);
        } catch (cause) {
          throw new JobRefusedError(messageOf(cause), { cause });
        }
      })();
      if (spec.kernel !== kernelHash) {
        throw new JobRefusedError(
          'this tab does not help: it runs another version of the renderer than the tab that started; reload both',
        );
      }
      const { width, height, samples } = spec.settings;
      const plan = blockPlan(width, height, samples);
      if (plan.taskCount !== taskCount) {
        throw new JobRefusedError(
          'this tab does not help: it divides the picture differently; reload both tabs',
        );
      }
      const wanted: (readonly [hash: BlobHash, totalBytes: number])[] = [[spec.scene, sceneBytes]];
      if (spec.environmentMap) wanted.push([spec.environmentMap, environmentBytes ?? 0]);
      const received = new Map<BlobHash, { receivedBytes: number; totalBytes: number }>();
      const gets = await Promise.allSettled(
        wanted.map(([hash, totalBytes]) =>
          blobs.get(hash, {
            holders: [owner],
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
      };
      const [scene, map] = gets;
      const failed = gets.find((get) => get.status === 'rejected');
      if (failed || scene?.status !== 'fulfilled') {
        release();
        throw failed?.reason;
      }
      const load = sceneLoad(spec.settings, scene.value, map?.status === 'fulfilled' ? map.value : undefined);
      return renderRunner(pool, plan, load, release);
    },
  };
}
