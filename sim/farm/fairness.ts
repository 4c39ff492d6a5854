/** Several people's Jobs at once on one farm: how much of the work each gets. */
import type { JobId } from '../../src/farm/contract.ts';
import { FarmNet } from './farm-net.ts';
import type { SimNode } from './sim-node.ts';

export interface Wish {
  readonly jobs: number;
  readonly priority?: number;
}

export interface FairnessOptions {
  /** Workers of each Node that only helps. */
  readonly helpers: readonly number[];
  /** One for each person, in the order in which they come. */
  readonly people: readonly Wish[];
  readonly forMs: number;
}

/** More than is done in the time. */
const TASKS = 20_000;

/** Of all Tasks that were done once everyone had asked, what each person's Jobs got. */
export function sharesOf(seed: number, { helpers, people, forMs }: FairnessOptions): readonly number[] {
  const net = new FarmNet(seed);
  const owners = people.map(() => net.add(0));
  for (const workers of helpers) net.add(workers, net.between(40, 120));
  net.runFor(500);
  const jobs = people.map(({ jobs: count, priority }, person) => {
    const owner = owners[person] as SimNode;
    return Array.from({ length: count }, (_, i) => {
      net.runFor(50);
      const id = net.submit(owner, TASKS, 100 * person + i);
      if (priority !== undefined) {
        net.handle(owner, { type: 'wish', id, wish: { type: 'priority', priority }, token: 0 });
      }
      return { owner, id };
    });
  });
  const doneBy = (own: readonly { readonly owner: SimNode; readonly id: JobId }[]): number =>
    own.reduce((sum, { owner, id }) => sum + (net.view(owner, id)?.doneCost ?? 0), 0);
  net.runFor(5_000);
  const before = jobs.map(doneBy);
  net.runFor(forMs);
  const done = jobs.map((own, person) => doneBy(own) - (before[person] ?? 0));
  const all = done.reduce((sum, one) => sum + one, 0);
  return done.map((one) => one / all);
}
