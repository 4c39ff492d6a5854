/** Tasks that results make needless: the lease table, the coordinator and whole farms with them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FarmWorld } from '../../sim/farm-world.ts';
import { quietVirtualTime } from '../../sim/quiet-virtual-time.testing.ts';
import { integerBelow, type Random, seededRandom } from '../runtime/index.ts';
import { newNodeId } from '../wire/index.ts';
import type { JobKind, LeaseRef, ResultStore, WorkerRef } from './contract.ts';
import { Coordinator } from './coordinator.ts';
import type { CoordinatorEffect } from './coordinator-effect.ts';
import { Farm } from './farm.ts';
import { LeaseTable } from './lease-table.ts';
import { trustOf } from './trust/trust.testing.ts';

quietVirtualTime();

/** Lanes of Tasks as a render has Tiles: Task `t` is of lane `t % lanes`; a lane ends after so many of its Tasks. */
class Lanes implements ResultStore {
  readonly taskCount: number;
  readonly accepted = new Set<number>();
  /** Tasks of each lane that are there without a gap: asked for so often that they are not counted anew. */
  readonly #grown: number[];
  readonly #lanes: number;
  readonly #length: number;
  readonly #ends: readonly number[];

  constructor(length: number, ends: readonly number[]) {
    this.#lanes = ends.length;
    this.#length = length;
    this.#ends = ends;
    this.taskCount = ends.length * length;
    this.#grown = ends.map(() => 0);
  }

  cost(): number {
    return 1;
  }

  /** Like a Tile's, a lane's end is known when its first Tasks are all there. */
  #isEnded(lane: number): boolean {
    return this.version(lane) >= (this.#ends[lane] ?? 0);
  }

  isNeeded(task: number): boolean {
    return !this.#isEnded(task % this.#lanes);
  }

  isSettled(task: number): boolean {
    return this.accepted.has(task) || !this.isNeeded(task);
  }

  get doneCost(): number {
    return this.accepted.size;
  }

  get totalCost(): number {
    let total = this.accepted.size;
    for (let lane = 0; lane < this.#lanes; lane++) {
      if (this.#isEnded(lane)) continue;
      for (let task = lane; task < this.taskCount; task += this.#lanes) if (!this.accepted.has(task)) total++;
    }
    return total;
  }

  partOf = (task: number): number => task % this.#lanes;
  resetPart(): void {}
  pieceCount = (): number => 0;
  piece = (_: number, result: Uint8Array): Uint8Array => result;

  accept(task: number): void {
    if (this.accepted.has(task)) throw new Error(`task ${task} came twice`);
    if (!this.isNeeded(task)) throw new Error(`task ${task} was not needed`);
    this.accepted.add(task);
  }

  get partCount(): number {
    return this.#lanes;
  }

  /** A lane grows in the order of its Tasks. */
  version(lane: number): number {
    let grown = this.#grown[lane] ?? 0;
    while (grown < this.#length && this.accepted.has(grown * this.#lanes + lane)) grown++;
    this.#grown[lane] = grown;
    return grown;
  }

  encodePart(lane: number): Uint8Array {
    return Uint8Array.of(this.version(lane));
  }

  mergePart(lane: number, [version = 0]: Uint8Array): void {
    for (let turn = 0; turn < version; turn++) this.accepted.add(turn * this.#lanes + lane);
  }

  close(): void {}

  /** Every lane has what it needs. */
  get isRight(): boolean {
    return this.#ends.every((end, lane) => this.#isEnded(lane) && end <= this.#length);
  }
}

const tableOf = (lanes: Lanes, maxAhead = 1000) =>
  new LeaseTable({
    taskCount: lanes.taskCount,
    store: lanes,
    machineOf: (worker) => worker,
    ownMachine: 'own',
    maxAhead,
    leaseMs: 1000,
  });

function complete(lanes: Lanes, table: LeaseTable, lease: LeaseRef, nowMs = 0) {
  if (table.holderOf(lease) === undefined) return undefined;
  lanes.accept(lease.task);
  const { outcome } = table.complete(lease, 1, nowMs);
  if (outcome !== 'accepted') expect.fail(`task ${lease.task} was ${outcome}`);
  return table.dropSettled(nowMs);
}

function granted(table: LeaseTable, worker: string, count: number) {
  return Array.from({ length: count }, () => {
    const lease = table.grant(worker, 0);
    if (!lease) throw new Error('nothing was granted');
    return lease;
  });
}

describe('a LeaseTable with needless Tasks', () => {
  it('passes over them when their turn comes', () => {
    const lanes = new Lanes(4, [1, 4]);
    const table = tableOf(lanes);
    const [first] = granted(table, 'a', 2);
    if (first) complete(lanes, table, first);
    expect(granted(table, 'a', 3).map(({ task }) => task)).toEqual([3, 5, 7]);
    expect(table.grant('a', 0)).toBeUndefined();
  });

  it('takes them back from their holders, and takes no result of them any more', () => {
    const lanes = new Lanes(4, [1, 4]);
    const table = tableOf(lanes);
    const [first] = granted(table, 'a', 2);
    const [needless, needed] = granted(table, 'b', 2);
    table.release('gone', 0);
    if (!first || !needless || !needed) throw new Error('unreachable');
    expect(complete(lanes, table, first)).toMatchObject([{ fence: needless.fence, worker: 'b' }]);
    expect(table.leasesOf('b').map(({ task }) => task)).toEqual([needed.task]);
    expect(table.holderOf(needless)).toBeUndefined();
    expect(table.complete(needless, 1, 0).outcome).not.toBe('accepted');
    expect(table.fail(needless, 'x', 0)).toEqual({ outcome: 'ignored' });
  });

  it('gives none of them out again when a worker with one dies or is too slow', () => {
    const lanes = new Lanes(4, [1, 4]);
    const table = tableOf(lanes);
    const [first] = granted(table, 'a', 2);
    granted(table, 'b', 2);
    table.forget('b', 0);
    if (first) complete(lanes, table, first);
    table.expire(5_000);
    // Task 2 had been returned before it became needless; 1 and 3 are needed.
    expect(granted(table, 'c', 4).map(({ task }) => task)).toEqual([1, 3, 5, 7]);
  });

  it('is complete at once when the rest became needless', () => {
    const lanes = new Lanes(100, [1]);
    const table = tableOf(lanes);
    const [first] = granted(table, 'a', 5);
    if (first) expect(complete(lanes, table, first)).toHaveLength(4);
    expect(table.isComplete).toBe(true);
    expect(lanes.doneCost).toBe(1);
    expect(table.unleasedCost).toBe(0);
  });

  it('counts what nobody has without them', () => {
    const lanes = new Lanes(4, [1, 4]);
    const table = tableOf(lanes);
    const [first] = granted(table, 'a', 3);
    expect(table.unleasedCost).toBe(5);
    if (first) complete(lanes, table, first);
    // Of the other lane's four, one is leased.
    expect(table.unleasedCost).toBe(3);
  });

  it('looks as far ahead as ever where most Tasks are needless', () => {
    const lanes = new Lanes(20, [...Array(9).fill(1), 20]);
    const table = tableOf(lanes, 10);
    for (const lease of granted(table, 'a', 10)) complete(lanes, table, lease);
    expect(granted(table, 'a', 10).map(({ task }) => task)).toEqual(
      Array.from({ length: 10 }, (_, i) => 19 + 10 * i),
    );
    expect(table.grant('a', 0)).toBeUndefined();
  });

  it('ends with all that is needed whatever dies, comes late, twice or never', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 12 }),
        (seed, ends, maxAhead) => {
          const random = seededRandom(seed);
          const lanes = new Lanes(8, ends);
          const table = tableOf(lanes, maxAhead);
          const sent: LeaseRef[] = [];
          let nowMs = 0;
          for (let step = 0; !table.isComplete; step++) {
            if (step === 50_000) expect.fail('it never ends');
            nowMs += integerBelow(random, 200);
            const worker = `w${integerBelow(random, 4)}`;
            const dice = integerBelow(random, 100);
            if (dice < 45) {
              const lease = table.grant(worker, nowMs) ?? table.duplicate(worker, nowMs);
              if (lease && !lanes.isNeeded(lease.task)) expect.fail(`task ${lease.task} was not needed`);
              if (lease) sent.push({ task: lease.task, fence: lease.fence });
            } else if (dice < 85 && sent.length > 0) {
              // Throws where a needless or finished Task would be accepted.
              complete(lanes, table, sent[integerBelow(random, sent.length)] as LeaseRef, nowMs);
            } else if (dice < 94) {
              table.forget(worker, nowMs);
            } else {
              table.expire(nowMs);
            }
          }
          expect(lanes.isRight).toBe(true);
          expect(table.unleasedCost).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a Coordinator with needless Tasks', () => {
  const random = seededRandom(1);
  const [a, b]: WorkerRef[] = Array.from({ length: 2 }, () => ({ node: newNodeId(random), index: 0 }));
  if (!a || !b) throw new Error('unreachable');
  const coordinatorOf = (lanes: Lanes) => {
    const self = newNodeId(random);
    const { trust } = trustOf(self, lanes);
    return new Coordinator({ self, taskCount: lanes.taskCount, store: lanes, openAtMs: 0, trust });
  };
  const leasesIn = (effects: readonly CoordinatorEffect[], kind: 'grant' | 'revoke', worker: WorkerRef) =>
    effects.flatMap((effect) => (effect.type === kind && effect.worker === worker ? effect.leases : []));

  it('revokes them, welcomes no late result, and is done when nothing else is left', () => {
    const lanes = new Lanes(3, [1]);
    const job = coordinatorOf(lanes);
    const [first] = leasesIn(job.pull(a, 0), 'grant', a);
    const [second] = leasesIn(job.pull(b, 0), 'grant', b);
    if (!first || !second) throw new Error('nothing was granted');
    lanes.accept(first.task);
    const effects = job.succeeded(first, 10, 10);
    expect(leasesIn(effects, 'revoke', b)).toMatchObject([{ fence: second.fence }]);
    expect(effects.at(-1)).toEqual({ type: 'done' });
    expect(job.isWelcome(b, second)).toBe(false);
  });

  it('gives a worker that waits what became its turn', () => {
    const lanes = new Lanes(2, [1, 2]);
    const job = coordinatorOf(lanes);
    const [first] = leasesIn(job.pull(a, 0), 'grant', a);
    leasesIn(job.pull(b, 0), 'grant', b);
    if (!first) throw new Error('nothing was granted');
    lanes.accept(first.task);
    const effects = [...job.succeeded(first, 10, 10), ...job.pull(a, 10)];
    expect(leasesIn(effects, 'grant', a).map(({ task }) => task)).toEqual([3]);
  });
});

describe('a Job on the farm with needless Tasks', () => {
  const kindOf = (
    lanes: () => Lanes,
    after: (delayMs: number, run: () => void) => void,
    random: Random,
  ): JobKind => ({
    name: 'lanes',
    store: lanes,
    open: async () => ({
      async prepare() {},
      run: () =>
        new Promise((resolve) => {
          const elapsedMs = 20 + integerBelow(random, 80);
          after(elapsedMs, () => resolve({ bytes: new Uint8Array(1), elapsedMs }));
        }),
      close() {},
    }),
  });

  it('comes to its end whatever dies and joins, without ever taking what is not needed', async () => {
    for (let seed = 0; seed < 2; seed++) {
      const mesh = new FarmWorld(seed);
      const random = seededRandom(seed + 50);
      const ends = Array.from({ length: 8 }, () => 2 + integerBelow(random, 30));
      const add = (workers: number) => {
        const { node, host, random: own } = mesh.add();
        const makeLanes = (): Lanes => new Lanes(200, ends);
        const kinds = [kindOf(makeLanes, (delayMs, run) => void host.after(delayMs, run), random)];
        const farm = new Farm({ node, clock: host, timers: host, random: own, kinds, wallClock: host });
        farm.setWorkers(workers);
        return { node, farm };
      };
      const owner = add(1);
      const others = [add(2), add(1), add(2)];
      await mesh.meet();
      const id = owner.farm.submit({ kind: 'lanes', title: '', taskCount: 1_600, spec: Uint8Array.of(1) });
      const phase = () => owner.farm.view(id)?.control.phase;
      for (let round = 0; round < 4 && phase() === 'running'; round++) {
        await mesh.runFor(100 + integerBelow(random, 300));
        const [victim] = others.splice(integerBelow(random, others.length), 1);
        if (victim) mesh.kill(victim.node.id);
        others.push(add(1 + integerBelow(random, 2)));
      }
      await mesh.runUntil(() => phase() !== 'running');
      expect(phase(), `seed ${seed}`).toBe('done');
      const lanes = owner.farm.store(id);
      if (!(lanes instanceof Lanes)) throw new Error('the results are not here');
      expect(lanes.isRight).toBe(true);
      // Of 1,600 Tasks: what the lanes need, and what idle workers did ahead of the last lanes and of the dead.
      expect(lanes.accepted.size).toBeLessThan(800);
    }
  });
});
