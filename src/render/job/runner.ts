/** A render's Tasks on this machine's workers: the farm's TaskRunner over a RenderPool. */
import type { TaskRunner } from '../../farm/index.ts';
import type { BlockPlan } from '../film/index.ts';
import type { RenderSettings } from '../settings.ts';
import type { RenderPool, SceneLoad } from './pool.ts';
import { PosedFrames } from './posed-frames.ts';

/** @param map the encoded environment map, where the settings name one */
export function sceneLoad(
  settings: Omit<RenderSettings, 'exposure'>,
  scene: Uint8Array,
  map: Uint8Array | undefined,
): SceneLoad {
  const { width, height, bounces, seed, clamp, lens, camera, environment } = settings;
  const { environmentStrength: strength, environmentRotation: rotation } = settings;
  const constant = environment.kind === 'colour' ? environment.rgb : ([0, 0, 0] as const);
  return {
    ...{ scene, environment: map ?? constant, placement: { strength, rotation } },
    ...{ width, height, bounces, seed, clamp, lens, camera },
  };
}

/** @param sceneOf what is loaded for a frame, from 0 */
export function renderRunner(
  pool: RenderPool,
  plan: BlockPlan,
  sceneOf: (frame: number) => Promise<SceneLoad>,
  onClose: () => void,
): TaskRunner {
  const posed = new PosedFrames(pool, plan.frames, sceneOf);
  /** The frame worked on last: the likeliest one to come. Of several nobody knows it before the first Block. */
  let latest = plan.frames === 1 ? 0 : undefined;
  return {
    async prepare(worker) {
      posed.forget(worker);
      if (latest !== undefined) await posed.ready(worker, latest);
    },
    async run(worker, task, range) {
      const { frame, x, y, width, height, firstSample, sampleCount } = plan.block(task);
      const { first, count } = range ?? { first: 0, count: height };
      if (first + count > height)
        throw new RangeError(`a block of ${height} rows has no row ${first + count}`);
      latest = frame;
      await posed.ready(worker, frame);
      const { sums, elapsedMs } = await pool.render(worker, {
        ...{ x, y: y + first, width, height: count },
        ...{ firstSample, sampleCount },
      });
      return { bytes: new Uint8Array(sums.buffer, sums.byteOffset, sums.byteLength), elapsedMs };
    },
    close: onClose,
  };
}
