/** A render on this machine alone, without a mesh: same plan, same film, same bits as anywhere. What the terminal runs. */
import { runLocally } from '../../farm/index.ts';
import type { Clock, Timers } from '../../runtime/index.ts';
import { blockPlan, develop, filmHash } from '../film/index.ts';
import type { RenderSettings } from '../settings.ts';
import type { FilmView, GuideImages, GuideOptions, JobProgress } from './contract.ts';
import { Expectation } from './expectation.ts';
import { renderGuides } from './guides.ts';
import type { RenderPool } from './pool.ts';
import { RenderStore } from './render-store.ts';
import { renderRunner, sceneLoad } from './runner.ts';
import { readSettings } from './settings-check.ts';

export type LocalProgress = Pick<JobProgress, 'samplesDone' | 'samplesTotal' | 'noise' | 'tilesFinished'> & {
  readonly tiles: number;
};

export interface LocalRenderOptions {
  /** An encoded FlatScene. */
  readonly scene: Uint8Array;
  /** An encoded EnvironmentMap, where the settings name one. */
  readonly environmentMap: Uint8Array | undefined;
  readonly settings: RenderSettings;
  /** All its workers are used. */
  readonly pool: RenderPool;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly signal?: AbortSignal;
  /** After each Block. */
  readonly onProgress?: (progress: LocalProgress) => void;
  /** Asks for the guide images too, made by the same workers when the picture is done. */
  readonly guides?: Pick<GuideOptions, 'onProgress'>;
}

export interface LocalRender {
  readonly film: FilmView;
  readonly progress: LocalProgress;
  /** The film, row by row. */
  readonly means: Float32Array;
  readonly hash: string;
  /** Where they were asked for. */
  readonly guides: GuideImages | undefined;
}

/** @throws BadSettingsError, FilmTooLargeError, JobFailedError, CancelledError */
export async function renderLocally(options: LocalRenderOptions): Promise<LocalRender> {
  const { pool, clock, timers, signal, onProgress } = options;
  const settings = readSettings(options.settings);
  const plan = blockPlan(settings.width, settings.height, settings.samples);
  const store = new RenderStore(plan, settings);
  const { film } = store;
  const expectation = new Expectation(store);
  const progress = (): LocalProgress => {
    const { samplesTotal } = expectation.measure();
    const { samplesDone, tilesFinished, worstNoise: noise } = film;
    return { samplesDone, samplesTotal, noise, tilesFinished, tiles: plan.grid.tileCount };
  };
  if (onProgress) store.events.on('contributed', () => onProgress(progress()));
  const load = sceneLoad(settings, options.scene, options.environmentMap);
  const runner = renderRunner(pool, plan, load, () => {});
  const job = { taskCount: plan.taskCount, store, runner };
  await runLocally(job, { workers: pool.size, clock, timers, ...(signal && { signal }) });
  const guides =
    options.guides &&
    (await renderGuides({ pool, load, isLoaded: true, ...options.guides, ...(signal && { signal }) }));
  const hash = await filmHash(film);
  return { film, progress: progress(), means: develop(film), guides, hash };
}
