import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { integerBelow, seededRandom } from '../runtime/index.ts';
import type { LeaseRef } from './contract.ts';
import type { Completion } from './lease.ts';
import { LeaseTable } from './lease-table.ts';
import { type PlainStore, plainStore } from './plain-store.testing.ts';

/** A table whose store takes what is completed, as the coordinator sees to. */
class Table extends LeaseTable {
  readonly store: PlainStore;

  constructor(taskCount: number, maxAhead: number) {
    const store = plainStore(taskCount);
    const machineOf = (worker: string): string => worker.split('/')[0] ?? '';
    super({ taskCount, maxAhead, store, machineOf, ownMachine: 'own', leaseMs: 1000 });
    this.store = store;
  }

  override complete(lease: LeaseRef, elapsedMs: number, nowMs: number): Completion {
    if (this.holderOf(lease) !== undefined) this.store.settled.add(lease.task);
    return super.complete(lease, elapsedMs, nowMs);
  }
}

const table = (taskCount: number, maxAhead = 1000) => new Table(taskCount, maxAhead);

function granted(leases: LeaseTable, worker: string, nowMs = 0): LeaseRef {
  const lease = leases.grant(worker, nowMs);
  if (!lease) throw new Error('nothing was granted');
  return lease;
}

describe('LeaseTable', () => {
  it('grants Tasks in plan order, each once, with growing fences', () => {
    const leases = table(3);
    const all = [granted(leases, 'a'), granted(leases, 'b'), granted(leases, 'a')];
    expect(all.map(({ task }) => task)).toEqual([0, 1, 2]);
    expect(all[0]?.fence).toBeLessThan(all[1]?.fence ?? 0);
    expect(leases.grant('b', 0)).toBeUndefined();
  });

  it('completes a Task exactly once', () => {
    const leases = table(1);
    const lease = granted(leases, 'a');
    expect(leases.complete(lease, 1, 0).outcome).toBe('accepted');
    expect(leases.complete(lease, 1, 0).outcome).toBe('duplicate');
    expect(leases.isComplete).toBe(true);
  });

  it('takes a late result of an expired lease while the Task is open', () => {
    const leases = table(2);
    const late = granted(leases, 'slow', 0);
    expect(leases.expire(999)).toEqual([]);
    expect(leases.expire(1000)).toHaveLength(1);
    const again = granted(leases, 'quick', 1000);
    expect(again.task).toBe(late.task);
    const completion = leases.complete(late, 1, 1001);
    expect(completion).toMatchObject({
      outcome: 'accepted',
      worker: 'slow',
      superseded: [{ fence: again.fence }],
    });
    expect(leases.complete(again, 1, 1002).outcome).toBe('duplicate');
  });

  it('keeps the leases of a worker that makes progress', () => {
    const leases = table(3);
    const first = granted(leases, 'a', 0);
    granted(leases, 'a', 0);
    leases.complete(first, 900, 900);
    expect(leases.expire(1500)).toEqual([]);
    expect(leases.expire(1900)).toHaveLength(1);
  });

  it('does not know a result under a fence that was never granted for that Task', () => {
    const leases = table(3);
    const lease = granted(leases, 'a');
    const other = granted(leases, 'a');
    for (const bogus of [
      { task: 0, fence: 99 },
      { task: 2, fence: lease.fence },
      { task: -1, fence: 1 },
      { ...lease, fence: other.fence },
    ]) {
      expect(leases.holderOf(bogus)).toBeUndefined();
      expect(leases.complete(bogus, 1, 0).outcome).toBe('unknown');
    }
    expect(leases.store.doneCost).toBe(0);
  });

  it('returns the leases of a worker that is gone, first in line for the next one', () => {
    const leases = table(10);
    granted(leases, 'a');
    granted(leases, 'b');
    granted(leases, 'a');
    leases.release('a', 0);
    expect([granted(leases, 'b').task, granted(leases, 'b').task, granted(leases, 'b').task]).toEqual([
      0, 2, 3,
    ]);
  });

  it('does not run ahead of the oldest open Task by more than maxAhead', () => {
    const leases = table(100, 4);
    const oldest = granted(leases, 'slow');
    for (let i = 0; i < 3; i++) leases.complete(granted(leases, 'quick'), 1, 0);
    expect(leases.grant('quick', 0)).toBeUndefined();
    leases.complete(oldest, 1, 0);
    expect(granted(leases, 'quick').task).toBe(4);
  });

  it('gives a failed Task to someone else first, and blocks a worker after three failures', () => {
    const leases = table(10);
    const first = granted(leases, 'bad');
    expect(leases.fail(first, 'x', 0)).toEqual({ outcome: 'retry', worker: 'bad', isBlocked: false });
    expect(granted(leases, 'bad').task).toBe(1);
    expect(granted(leases, 'good').task).toBe(0);
    const second = granted(leases, 'bad');
    const third = granted(leases, 'bad');
    leases.fail(second, 'x', 0);
    expect(leases.fail(third, 'x', 0)).toMatchObject({ isBlocked: true });
    expect(leases.grant('bad', 0)).toBeUndefined();
    expect(leases.duplicate('bad', 0)).toBeUndefined();
    // What the blocked worker still had is free again.
    expect(granted(leases, 'good').task).toBe(1);
  });

  it('fails a Task that three different workers failed', () => {
    const leases = table(1);
    expect(leases.fail(granted(leases, 'a'), 'x', 0).outcome).toBe('retry');
    expect(leases.fail(granted(leases, 'b'), 'x', 0).outcome).toBe('retry');
    expect(leases.fail(granted(leases, 'b'), 'x', 0).outcome).toBe('retry');
    expect(leases.fail(granted(leases, 'c'), 'x', 0).outcome).toBe('task-failed');
  });

  it('lets no single machine fail a Task while another one has not tried it', () => {
    const leases = table(1);
    leases.enlist('good/0', 0);
    for (const worker of ['bad/0', 'bad/1', 'bad/2', 'bad/3']) {
      expect(leases.fail(granted(leases, worker), 'x', 0).outcome).toBe('retry');
    }
    expect(leases.complete(granted(leases, 'good/0'), 1, 0).outcome).toBe('accepted');
  });

  it('fails a Task that three workers of the only machine failed, where that is ours', () => {
    const leases = table(1);
    const outcomes = ['own/0', 'own/1', 'own/2'].map(
      (worker) => leases.fail(granted(leases, worker), 'x', 0).outcome,
    );
    expect(outcomes).toEqual(['retry', 'retry', 'task-failed']);
  });

  it('lets no single stranger fail a Task, but two', () => {
    const leases = table(1);
    const fail = (worker: string) => leases.fail(granted(leases, worker), 'x', 0).outcome;
    expect(['a/0', 'a/1', 'a/2', 'a/3', 'a/4', 'b/0'].map(fail)).toEqual([
      ...Array(5).fill('retry'),
      'task-failed',
    ]);
  });

  it('gives nothing more to a worker that only lets its leases run out', () => {
    const leases = table(10);
    for (let round = 1; round <= 2; round++) {
      granted(leases, 'idle', round * 2_000);
      leases.expire(round * 2_000 + 1_000);
    }
    // It brought something in between.
    leases.complete(granted(leases, 'idle', 6_000), 1, 6_000);
    for (let round = 4; round <= 6; round++) {
      granted(leases, 'idle', round * 2_000);
      leases.expire(round * 2_000 + 1_000);
    }
    expect(leases.grant('idle', 20_000)).toBeUndefined();
    expect(leases.grant('other', 20_000)).toBeDefined();
  });

  it('lets a worker bring what it has before its turn, or while another works on it', () => {
    const leases = table(6);
    const begun = granted(leases, 'a');
    const [early, twice] = [leases.grantHeld('b', 3, 0), leases.grantHeld('b', begun.task, 0)];
    expect([early?.task, twice?.task]).toEqual([3, begun.task]);
    expect(leases.grantHeld('b', 3, 0)).toBeUndefined();
    expect(leases.grantHeld('b', 6, 0)).toBeUndefined();
    expect([1, 2, 3, 4].map(() => leases.grant('a', 0)?.task)).toEqual([1, 2, 4, 5]);
    if (early) expect(leases.complete(early, 0, 0).outcome).toBe('accepted');
    expect(leases.grantHeld('c', 3, 0)).toBeUndefined();
    if (twice) expect(leases.complete(twice, 0, 0)).toMatchObject({ superseded: [{ fence: begun.fence }] });
  });

  it('gives no copy of what a worker only has to bring, until it is late', () => {
    const leases = table(1);
    leases.grantHeld('a', 0, 0);
    expect(leases.duplicate('idle', 1_999)).toBeUndefined();
    expect(leases.duplicate('idle', 2_000)?.task).toBe(0);
  });

  it('begins behind what is settled, and lets go of what another copy brings', () => {
    const store = plainStore(6);
    for (const task of [0, 1, 3]) store.settled.add(task);
    const options = {
      taskCount: 6,
      maxAhead: 9,
      machineOf: (key: string) => key,
      ownMachine: 'own',
      leaseMs: 9,
    };
    const leases = new LeaseTable({ ...options, store });
    expect([granted(leases, 'a').task, granted(leases, 'b').task]).toEqual([2, 4]);
    expect(leases.unleasedCost).toBe(1);
    for (const task of [4, 5]) store.settled.add(task);
    expect(leases.dropSettled(0, true)).toMatchObject([{ task: 4, worker: 'b' }]);
    expect([leases.isComplete, leases.unleasedCost, leases.liveLeases]).toEqual([false, 0, 1]);
    leases.complete({ task: 2, fence: 1 }, 1, 0);
    expect(leases.isComplete).toBe(true);
  });

  it('ignores a failure under an ended lease', () => {
    const leases = table(1);
    const lease = granted(leases, 'a');
    leases.release('a', 0);
    expect(leases.fail(lease, 'x', 0)).toEqual({ outcome: 'ignored' });
  });

  it('copies the Task that is expected to finish last to an idle worker, once', () => {
    const leases = table(4);
    const [a1] = [granted(leases, 'a', 0), granted(leases, 'b', 0)];
    granted(leases, 'a', 0);
    const a3 = granted(leases, 'a', 0);
    leases.complete(a1, 100, 100);
    // a has two Tasks of 100 ms to go, b has been at its own for 100 ms.
    expect(leases.duplicate('idle', 100)?.task).toBe(a3.task);
    expect(leases.duplicate('idle', 100)?.task).not.toBe(a3.task);
  });

  it('counts what nobody has', () => {
    const leases = table(5);
    const a = granted(leases, 'a', 0);
    granted(leases, 'b', 0);
    expect(leases.unleasedCost).toBe(3);
    leases.duplicate('c', 0);
    expect(leases.unleasedCost).toBe(3);
    leases.expire(2000);
    expect(leases.unleasedCost).toBe(5);
    leases.complete(a, 1, 2000);
    expect(leases.unleasedCost).toBe(4);
  });

  it('completes every Task exactly once whatever dies, comes late, twice or never', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 8 }),
        (seed, taskCount, maxAhead) => {
          const random = seededRandom(seed);
          const leases = table(taskCount, maxAhead);
          const sent: LeaseRef[] = [];
          const completions = new Map<number, number>();
          let nowMs = 0;
          let names = 5;
          const workers = ['w0', 'w1', 'w2', 'w3', 'w4'];
          const pick = <T>(from: readonly T[]): T => from[integerBelow(random, from.length)] as T;
          for (let step = 0; !leases.isComplete; step++) {
            if (step === 100_000) expect.fail('it never ends');
            nowMs += integerBelow(random, 200);
            const worker = pick(workers);
            const dice = integerBelow(random, 100);
            if (dice < 45) {
              const lease = leases.grant(worker, nowMs) ?? leases.duplicate(worker, nowMs);
              if (lease) sent.push({ task: lease.task, fence: lease.fence });
            } else if (dice < 85 && sent.length > 0) {
              // Any lease ever granted may report, in any order, several times.
              const lease = pick(sent);
              if (leases.complete(lease, 1, nowMs).outcome === 'accepted') {
                completions.set(lease.task, (completions.get(lease.task) ?? 0) + 1);
              }
            } else if (dice < 88 && sent.length > 0 && step < 500) {
              leases.fail(pick(sent), 'bad luck', nowMs);
            } else if (dice < 94) {
              leases.forget(worker, nowMs);
              workers[workers.indexOf(worker)] = `w${names++}`;
            } else {
              leases.expire(nowMs);
            }
          }
          expect([...completions.values()]).toEqual(Array(taskCount).fill(1));
          expect(leases.unleasedCost).toBe(0);
        },
      ),
      { numRuns: 80 },
    );
  });
});
