/** Test support: results of a plan, each always the same, whose Tiles are as noisy as one likes. */
import { seededRandom, uniform } from '../../runtime/index.ts';
import type { BlockPlan } from './plan.ts';

/** The sums of every Task, about 0.5 a sample. @param spreads how far the samples of each Tile differ */
export function noisyBlocks(plan: BlockPlan, spreads: readonly number[]): readonly Float32Array[] {
  return Array.from({ length: plan.taskCount }, (_, task) => {
    const { width, height, tile, sampleCount } = plan.block(task);
    const random = seededRandom(task + 1);
    const spread = (spreads[tile] ?? 0) * Math.sqrt(sampleCount) * 4;
    return Float32Array.from(
      { length: width * height * 3 },
      () => sampleCount * 0.5 + spread * (uniform(random) - 0.5),
    );
  });
}
