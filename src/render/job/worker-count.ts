import { deviceAttributes, type Farm } from '../../farm/index.ts';
import type { MeshNode } from '../../mesh/index.ts';
import type { RenderPool } from './pool.ts';

/** What a device has to lend. */
export interface Lent {
  readonly node: Pick<MeshNode, 'setAttributes'>;
  readonly farm: Pick<Farm, 'setWorkers'>;
  readonly pool: Pick<RenderPool, 'size' | 'setSize'>;
}

/** Lends so many workers to the Jobs of a mesh, and tells all others. */
export function lendWorkers({ node, farm, pool }: Lent, count: number): void {
  if (count === pool.size) return;
  // More: slots before the workers that take them. Fewer: the other way round.
  if (count > pool.size) pool.setSize(count);
  farm.setWorkers(count);
  pool.setSize(count);
  node.setAttributes(deviceAttributes({ workers: count }));
}
