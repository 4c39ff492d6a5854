/** For tests: what makes a Node of a mesh in virtual time one that renders, put together as in a tab. */
import { Farm } from '../../farm/index.ts';
import type { MeshNode } from '../../mesh/index.ts';
import { type Clock, integerBelow, type Random, type Timers } from '../../runtime/index.ts';
import { createBlobs } from '../../services/blobs/index.ts';
import type { RenderFarm, RenderJob } from './contract.ts';
import type { RenderPool } from './pool.ts';
import { createRenderFarm, type RenderFarmDependencies } from './render-farm.ts';

export interface RenderNodeOptions
  extends Partial<Pick<RenderFarmDependencies, 'kernelHash' | 'readSource'>> {
  readonly workers?: number;
}

export function renderNode(
  { node, host, random }: { readonly node: MeshNode; readonly host: Clock & Timers; readonly random: Random },
  pool: RenderPool,
  { workers = 1, kernelHash = 'ab'.repeat(32), ...more }: RenderNodeOptions = {},
) {
  const times = { clock: host, wallClock: host, timers: host };
  const blobs = createBlobs({ node, ...times });
  const jobs = new Farm({ node, ...times, random });
  const farm = createRenderFarm({ node, farm: jobs, blobs, pool, ...times, kernelHash, ...more });
  farm.setWorkerCount(workers);
  return { id: node.id, node, jobs, farm, blobs };
}

/** For Blocks that take so long, some half of it and some half as long again. */
export function around(random: Random, ms: number): () => number {
  return () => ms * (0.5 + integerBelow(random, 100) / 100);
}

/** The newest render that is known there. */
export function firstJob({ jobs }: Pick<RenderFarm, 'jobs'>): RenderJob {
  const [job] = jobs;
  if (!job) throw new Error('no job is known');
  return job;
}
