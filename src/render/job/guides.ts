/**
 * The guide pass: what the camera sees besides light, for denoising and for layers of an EXR. A few samples of every pixel,
 * Tile by Tile over this machine's workers. A pixel depends on scene and view only, so the images are the same bits however
 * many workers make them. A worker that fails hands its Tile back; only when none is left does the pass fail.
 */
import { CancelledError } from '../../runtime/index.ts';
import { FilmTooLargeError, type TileBounds, tileBounds, tileGrid } from '../film/index.ts';
import { type BlockBounds, GUIDE_FLOATS } from '../kernel/index.ts';
import type { GuideImages, GuideOptions } from './contract.ts';
import { type RenderedBlock, type RenderPool, type SceneLoad, WorkerFailedError } from './pool.ts';

/** Enough for smooth edges and textures; the picture's own pixel filter is at work here too. */
const GUIDE_SAMPLES = 16;

export interface GuidePass extends GuideOptions {
  /** All its workers are used. */
  readonly pool: RenderPool;
  readonly load: SceneLoad;
  /** The workers have this scene from the render before; one that has none gets it. */
  readonly isLoaded?: boolean;
}

/** @throws CancelledError, WorkerFailedError, FilmTooLargeError */
export async function renderGuides({
  pool,
  load,
  isLoaded = false,
  signal,
  onProgress,
}: GuidePass): Promise<GuideImages> {
  const grid = tileGrid(load.width, load.height);
  const images = emptyImages(load.width, load.height);
  const waiting = Array.from({ length: grid.tileCount }, (_, i) => grid.tileCount - 1 - i);
  let isStopped = signal?.aborted ?? false;
  let done = 0;
  let failure: unknown = new WorkerFailedError('there is no worker to make the guide images with');

  const work = async (worker: number): Promise<void> => {
    let tile: number | undefined;
    try {
      if (!isLoaded && !isStopped) await pool.load(worker, load);
      for (;;) {
        tile = isStopped ? undefined : waiting.pop();
        if (tile === undefined) return;
        const bounds = tileBounds(grid, tile);
        const block = { ...bounds, firstSample: 0, sampleCount: GUIDE_SAMPLES };
        const { sums } = await guidesOf(pool, worker, block, load);
        if (isStopped) return;
        writeMeans(images, load.width, bounds, sums);
        done++;
        onProgress?.(done / grid.tileCount);
      }
    } catch (error) {
      failure = error;
      if (tile !== undefined) waiting.push(tile);
    }
  };

  const finished = Promise.all(Array.from({ length: pool.size }, (_, i) => work(i)));
  try {
    await untilAborted(finished, signal);
  } finally {
    isStopped = true;
  }
  if (done < grid.tileCount) throw failure;
  return images;
}

/** A worker that lost its scene, or crashed, gets it once more. */
async function guidesOf(
  pool: RenderPool,
  worker: number,
  block: BlockBounds,
  load: SceneLoad,
): Promise<RenderedBlock> {
  try {
    return await pool.guides(worker, block);
  } catch {
    await pool.load(worker, load);
    return pool.guides(worker, block);
  }
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  let abort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(new CancelledError('making the guide images'));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function emptyImages(width: number, height: number): GuideImages {
  const pixels = width * height;
  try {
    const image = (channels: number) => new Float32Array(pixels * channels);
    return { albedo: image(3), normal: image(3), depth: image(1) };
  } catch (cause) {
    throw new FilmTooLargeError(width, height, { cause });
  }
}

function writeMeans(
  { albedo, normal, depth }: GuideImages,
  frameWidth: number,
  { x, y, width, height }: TileBounds,
  sums: Float32Array,
): void {
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const from = (row * width + column) * GUIDE_FLOATS;
      const pixel = (y + row) * frameWidth + x + column;
      for (let channel = 0; channel < 3; channel++) {
        albedo[pixel * 3 + channel] = (sums[from + channel] ?? 0) / GUIDE_SAMPLES;
        normal[pixel * 3 + channel] = (sums[from + 3 + channel] ?? 0) / GUIDE_SAMPLES;
      }
      const hits = sums[from + 7] ?? 0;
      depth[pixel] = hits > 0 ? (sums[from + 6] ?? 0) / hits : 0;
    }
  }
}
