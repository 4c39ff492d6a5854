/** For tests of the farm on real Nodes in virtual time. */

import type { JobControl, JobId } from '../src/farm/contract.ts';
import { Farm } from '../src/farm/farm.ts';
import { type Behaviour, SumStore, sumKind, sumsRequest } from '../src/farm/sums.testing.ts';
import { seededRandom } from '../src/runtime/index.ts';
import { FarmWorld } from './farm-world.ts';

export interface FarmTab {
  readonly node: { readonly id: string };
  readonly farm: Farm;
}

/** Tabs of a simulated mesh that compute sums. */
export function farmTabs(seed: number) {
  const mesh = new FarmWorld(seed);
  const random = seededRandom(seed + 1000);
  const add = (workers: number, behaviour: Behaviour = {}) => {
    const { node, host, random: own } = mesh.add();
    const kinds = [sumKind(host, random, behaviour)];
    const farm = new Farm({ node, clock: host, timers: host, random: own, kinds, wallClock: host });
    farm.setWorkers(workers);
    const refusals: string[] = [];
    farm.events.on('refused', ({ reason }) => refusals.push(reason));
    return { node, host, random: own, farm, refusals };
  };
  return { mesh, random, add };
}

/** Submits so many sums. */
export function submit({ farm }: FarmTab, tasks: number, seed = 7) {
  const id = farm.submit(sumsRequest(tasks, seed));
  return { id, sums: storeOf({ farm }, id) };
}

export function storeOf({ farm }: Pick<FarmTab, 'farm'>, id: JobId): SumStore {
  const store = farm.store(id);
  if (!(store instanceof SumStore)) throw new Error('the results are not here');
  return store;
}

export const controlOf = ({ farm }: Pick<FarmTab, 'farm'>, id: JobId): Partial<JobControl> =>
  farm.view(id)?.control ?? {};
export const phaseOf = (tab: Pick<FarmTab, 'farm'>, id: JobId) => controlOf(tab, id).phase;
