/** A render on this machine alone, without a mesh: same plan, same film, same bits as anywhere. What the terminal runs. */
import { runLocally } from '../../farm/index.ts';
import type { Clock, Timers } from '../../runtime/index.ts';
import { blockPlan, develop, inMemory, type SetAside, tiledMeans } from '../film/index.ts';
import type { RenderSettings } from '../settings.ts';
import type { FilmView, GuideImages, GuideOptions, JobProgress } from './contract.ts';
import { Expectation } from './expectation.ts';
import { checkFramesAlone } from './frames-check.ts';
import { renderGuides } from './guides.ts';
import type { RenderPool } from './pool.ts';
import { RenderStore } from './render-store.ts';
import { renderRunner, sceneLoad } from './runner.ts';
import { readSettings } from './settings-check.ts';

/** How far a render on this device alone has come. */
export type LocalProgress = Pick<JobProgress, 'samplesDone' | 'samplesTotal' | 'noise' | 'tilesFinished'> & {
  readonly tiles: number;
};

/** A finished frame. */
export interface RenderedFrame {
  /** From 0. */
  readonly index: number;
  readonly film: Pick<FilmView, 'tileSamples'>;
  /** The picture, row by row. */
  readonly means: Float32Array;
  readonly hash: string;
  /** Where they were asked for. */
  readonly guides: GuideImages | undefined;
}

export interface LocalRenderOptions {
  /** Of a still 1. */
  readonly frames: number;
  /** The encoded FlatScene of a frame, from 0. */
  sceneOf(frame: number): Promise<Uint8Array>;
  /** Where each frame is seen from, if not from where the settings say. */
  cameraOf?(frame: number): RenderSettings['camera'];
  /** An encoded EnvironmentMap, where the settings name one. */
  readonly environmentMap: Uint8Array | undefined;
  readonly settings: RenderSettings;
  /** All its workers are used. */
  readonly pool: RenderPool;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Where frames lie that are finished before `onFrame` takes them. */
  readonly setAside?: SetAside;
  readonly signal?: AbortSignal;
  /** After each Block. Measuring goes through the Tiles of all frames: not for what nobody will see. */
  readonly onProgress?: (measure: () => LocalProgress) => void;
  /** Asks for the guide images too: of a still made by the same workers when it is done, of several frames by one of its own. */
  readonly guides?: Pick<GuideOptions, 'onProgress'>;
  /** Takes the frames, one after the other in their order; the others are rendered meanwhile. */
  onFrame(frame: RenderedFrame): Promise<void>;
}

/** @throws BadSettingsError, FilmTooLargeError, JobFailedError, CancelledError, and what `onFrame` rejects with */
export async function renderLocally(options: LocalRenderOptions): Promise<LocalProgress> {
  const { pool, clock, timers, signal: outer, onProgress, frames, setAside = inMemory } = options;
  const settings = readSettings(options.settings);
  const { width, height, samples, noise } = settings;
  checkFramesAlone(frames, settings);
  const plan = blockPlan(width, height, samples, { frames, noise });
  const store = new RenderStore(plan, settings, setAside);
  const { reel } = store;
  const expectation = new Expectation(store);
  const progress = (): LocalProgress => {
    const { samplesTotal } = expectation.measure();
    const { samplesDone, tilesFinished, worstNoise: noise } = reel;
    return { samplesDone, samplesTotal, noise, tilesFinished, tiles: plan.partCount };
  };
  const failed = new AbortController();
  const signal = outer ? AbortSignal.any([outer, failed.signal]) : failed.signal;
  const loadOf = async (frame: number) => {
    const camera = options.cameraOf?.(frame) ?? settings.camera;
    return sceneLoad({ ...settings, camera }, await options.sceneOf(frame), options.environmentMap);
  };
  const guidesOf = async (frame: number): Promise<GuideImages | undefined> => {
    if (!options.guides) return undefined;
    // The workers are at other frames.
    const own = frames > 1 ? pool.another() : undefined;
    own?.setSize(1);
    try {
      const pass = { load: await loadOf(frame), isLoaded: !own, ...options.guides, signal };
      return await renderGuides({ pool: own ?? pool, ...pass });
    } finally {
      own?.close();
    }
  };
  const take = async (index: number): Promise<void> => {
    const means = develop(tiledMeans(plan.grid, await reel.finished.load(index)));
    const hash = (await reel.finished.hash(index)) ?? '';
    const guides = await guidesOf(index);
    const [from, to] = [index * plan.grid.tileCount, (index + 1) * plan.grid.tileCount];
    await options.onFrame({
      index,
      film: { tileSamples: reel.tileSamples.subarray(from, to) },
      means,
      hash,
      guides,
    });
    reel.finished.letGo(index);
  };
  let taken = 0;
  let taking: Promise<void> = Promise.resolve();
  const takeFinished = (): void => {
    for (; reel.finished.has(taken); taken++) {
      const index = taken;
      taking = taking.then(() => take(index));
      taking.catch(() => failed.abort());
    }
  };
  store.events.on('contributed', () => {
    onProgress?.(progress);
    if (frames > 1) takeFinished();
  });
  const runner = renderRunner(pool, plan, loadOf, () => {});
  const job = { taskCount: plan.taskCount, store, runner };
  try {
    await runLocally(job, { workers: pool.size, clock, timers, signal });
  } catch (error) {
    // That is why it was stopped.
    if (failed.signal.aborted) await taking;
    throw error;
  }
  takeFinished();
  await taking;
  return progress();
}

/** A still is one frame, and what is wanted of it is its picture. @throws as `renderLocally` */
export async function renderStill({
  scene,
  ...options
}: Omit<LocalRenderOptions, 'frames' | 'sceneOf' | 'onFrame'> & { readonly scene: Uint8Array }): Promise<
  RenderedFrame & { readonly progress: LocalProgress }
> {
  let still: RenderedFrame | undefined;
  const progress = await renderLocally({
    ...options,
    frames: 1,
    sceneOf: async () => scene,
    async onFrame(frame) {
      still = frame;
    },
  });
  if (!still) throw new Error('a render that ended well has its frame');
  return { ...still, progress };
}
