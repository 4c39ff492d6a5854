/** A pool that tells what its workers have rendered: a worker's own measure of itself, whoever coordinates its Jobs. */
import type { RenderPool } from '../render/job/index.ts';

/** @param rendered told of each Block's pixel samples */
export function countedPool(pool: RenderPool, rendered: (samples: number) => void): RenderPool {
  return {
    get size() {
      return pool.size;
    },
    setSize: (count) => pool.setSize(count),
    load: (index, load) => pool.load(index, load),
    async render(index, block) {
      const result = await pool.render(index, block);
      rendered(block.width * block.height * block.sampleCount);
      return result;
    },
    guides: (index, block) => pool.guides(index, block),
    another: () => pool.another(),
    close: () => pool.close(),
  };
}
