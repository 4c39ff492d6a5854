/**
 * `leafcutter/render`: the path tracer as a kind of farm work, in a page. Serve `leafcutter/kernel.wasm` and, where the page is
 * cross-origin isolated, `leafcutter/kernel-shared.wasm` with it.
 */
import type { Farm } from '../farm/index.ts';
import { createBrowserPool, createRenderFarm, loadKernel, type RenderFarm } from '../render/job/index.ts';
import { readSourceInWorker } from '../render/scene/index.ts';
import { systemClock as clock, systemTimers as timers } from '../runtime/index.ts';
import type { BlobService } from '../services/blobs/index.ts';
import type { Mesh } from './mesh.ts';

export { develop } from '../render/film/index.ts';
export * from '../render/job/index.ts';
export * from '../render/output/index.ts';
export * from '../render/scene/index.ts';
export { DEFAULT_SETTINGS, type RenderSettings } from '../render/settings.ts';

/** What renders of a mesh are made on. */
export interface RenderFarmOptions {
  /** Once a mesh: `createFarm(mesh)` of `leafcutter/farm`. */
  readonly farm: Farm;
  /** Once a mesh: `shareBlobs(mesh)` of `leafcutter/blobs`. */
  readonly blobs: BlobService;
  /** Where the page has a kernel, by its file name (`kernel.wasm`, `kernel-shared.wasm`). */
  readonly kernelAddress: (name: string) => URL;
  /** Workers to lend at once. Default: one per logical processor. */
  readonly workers?: number;
}

/** Takes part in the renders of a mesh, and can start some. @throws LeafcutterError `kernel-unavailable` */
export async function openRenderFarm(
  mesh: Mesh,
  { farm, blobs, kernelAddress, workers = navigator.hardwareConcurrency || 1 }: RenderFarmOptions,
): Promise<RenderFarm> {
  const kernel = await loadKernel(kernelAddress);
  const pool = createBrowserPool(kernel, timers);
  const { node } = mesh;
  const renders = createRenderFarm({
    ...{ node, farm, blobs, pool, clock, timers },
    kernelHash: kernel.hash,
    readSource: readSourceInWorker,
  });
  renders.setWorkerCount(workers);
  return renders;
}
