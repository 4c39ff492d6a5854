/** A render's Tasks on this machine's workers: the farm's TaskRunner over a RenderPool. */
import type { TaskRunner } from '../../farm/index.ts';
import type { BlockPlan } from '../film/index.ts';
import type { RenderSettings } from '../settings.ts';
import type { RenderPool, SceneLoad } from './pool.ts';

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

export function renderRunner(
  pool: RenderPool,
  plan: BlockPlan,
  load: SceneLoad,
  onClose: () => void,
): TaskRunner {
  return {
    async prepare(worker) {
      await pool.load(worker, load);
    },
    async run(worker, task, range) {
      const { x, y, width, height, firstSample, sampleCount } = plan.block(task);
      const { first, count } = range ?? { first: 0, count: height };
      if (first + count > height)
        throw new RangeError(`a block of ${height} rows has no row ${first + count}`);
      const { sums, elapsedMs } = await pool.render(worker, {
        ...{ x, y: y + first, width, height: count },
        ...{ firstSample, sampleCount },
      });
      return { bytes: new Uint8Array(sums.buffer, sums.byteOffset, sums.byteLength), elapsedMs };
    },
    close: onClose,
  };
}
