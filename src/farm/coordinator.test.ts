import { describe, expect, it } from 'vitest';
import { seededRandom } from '../runtime/index.ts';
import { newNodeId } from '../wire/index.ts';
import type { LeaseRef, WorkerRef } from './contract.ts';
import { Coordinator, type CoordinatorEffect, LEASE_MS } from './coordinator.ts';

const random = seededRandom(1);
const [a, b, c]: WorkerRef[] = Array.from({ length: 3 }, () => ({ node: newNodeId(random), index: 0 }));
if (!a || !b || !c) throw new Error('unreachable');

const coordinator = (taskCount: number, costOf = 1) =>
  new Coordinator({ taskCount, totalCost: taskCount * costOf, cost: () => costOf });

/** Leases granted to a worker in these effects. */
function grants(effects: readonly CoordinatorEffect[], worker: WorkerRef): readonly LeaseRef[] {
  return effects.flatMap((effect) =>
    effect.kind === 'grant' && effect.worker === worker ? effect.leases : [],
  );
}

function one(effects: readonly CoordinatorEffect[], worker: WorkerRef): LeaseRef {
  const [lease] = grants(effects, worker);
  if (!lease) throw new Error('nothing was granted');
  return lease;
}

describe('Coordinator', () => {
  it("begins with one Task and grants more as the worker's speed and the Job's age show", () => {
    const job = coordinator(10_000);
    let leases = grants(job.pull(a, 0), a);
    expect(leases).toHaveLength(1);
    const sizes: number[] = [];
    for (let ms = 10; ms < 6_000; ) {
      for (const lease of leases) {
        ms += 10;
        job.succeeded(lease, 10, ms);
      }
      leases = grants(job.pull(a, ms), a);
      sizes.push(leases.length);
    }
    expect(sizes[0]).toBe(6);
    expect(sizes.at(-1)).toBe(75);
    expect(sizes).toEqual(sizes.toSorted((x, y) => x - y));
  });

  it('grants less when little is left, so that all finish together', () => {
    const job = coordinator(12);
    job.pull(b, 0);
    job.succeeded(one(job.pull(a, 0), a), 1, 10_000);
    expect(grants(job.pull(a, 10_000), a)).toHaveLength(3);
  });

  it('answers with nothing when nothing is left, and later with what came back', () => {
    const job = coordinator(2);
    const first = one(job.pull(a, 0), a);
    job.pull(b, 0);
    expect(job.pull(a, 0)).toEqual([{ kind: 'grant', worker: a, leases: [] }]);
    const effects = job.left(b.node, 5);
    expect(grants(effects, a)).toMatchObject([{ task: 1 }]);
    expect(job.isWelcome(a, first)).toBe(true);
  });

  it('copies the slowest Task to an idle worker and revokes it where it lost', () => {
    const job = coordinator(1);
    const original = one(job.pull(a, 0), a);
    const copy = one(job.pull(b, 100), b);
    expect(copy.task).toBe(original.task);
    expect(copy.fence).not.toBe(original.fence);
    expect(job.succeeded(copy, 5, 200)).toMatchObject([
      { kind: 'revoke', worker: a, leases: [original] },
      { kind: 'done' },
    ]);
    expect(job.succeeded(original, 5, 201)).toEqual([]);
  });

  it('grants again what a worker lost on the way, and goes on counting its failures', () => {
    const job = coordinator(10);
    const lost = one(job.pull(a, 0), a);
    const again = one(job.pull(a, 3_000, true), a);
    expect(again.task).toBe(lost.task);
    expect(again.fence).not.toBe(lost.fence);
    expect(job.active()).toHaveLength(1);
    for (let failed = 0; failed < 2; failed++) {
      job.failed(one(job.pull(a, 8_000, true), a), 'no', 8_000);
    }
    expect(job.failed(one(job.pull(a, 9_000, true), a), 'no', 9_000)).toMatchObject([{ kind: 'blocked' }]);
  });

  it('gives no copy to a worker that still has work', () => {
    const job = coordinator(2);
    job.pull(a, 0);
    job.pull(b, 0);
    expect(grants(job.pull(b, 100), b)).toEqual([]);
  });

  it('takes a result only from the worker that had the lease', () => {
    const job = coordinator(2);
    const lease = one(job.pull(a, 0), a);
    expect(job.isWelcome(a, lease)).toBe(true);
    expect(job.isWelcome(b, lease)).toBe(false);
  });

  it('returns the leases of a silent worker to one that waits', () => {
    const job = coordinator(2);
    const silent = one(job.pull(a, 0), a);
    const mine = one(job.pull(b, 0), b);
    job.pull(b, 0);
    job.succeeded(mine, 5, LEASE_MS - 1);
    job.tick(LEASE_MS - 1, false);
    expect(job.isWelcome(a, silent)).toBe(true);
    expect(grants([...job.tick(LEASE_MS, false), ...job.pull(c, LEASE_MS)], c)).toMatchObject([
      { task: silent.task },
    ]);
  });

  it('fails when every worker is blocked and no help comes, after a moment', () => {
    const job = coordinator(5);
    job.pull(a, 0);
    expect(job.unfit(a, 'out of memory', 0)).toMatchObject([{ kind: 'blocked' }]);
    expect(job.tick(0, true)).toEqual([]);
    expect(job.tick(10_000, false)).toEqual([]);
    expect(job.tick(13_000, false)).toEqual([{ kind: 'failed', reason: 'out of memory' }]);
    expect(job.pull(b, 13_001)).toEqual([]);
  });

  it('goes on when an able worker comes in time', () => {
    const job = coordinator(1);
    job.unfit(a, 'out of memory', 0);
    job.tick(0, false);
    const lease = one(job.pull(b, 1_000), b);
    expect(job.tick(60_000, false)).toEqual([]);
    expect(job.succeeded(lease, 1, 60_001)).toEqual([{ kind: 'done' }]);
  });

  it('says nothing after its end', () => {
    const job = coordinator(1);
    const lease = one(job.pull(a, 0), a);
    job.cancel();
    expect(
      [
        job.pull(b, 1),
        job.succeeded(lease, 1, 1),
        job.failed(lease, 'x', 1),
        job.tick(9e9, false),
        job.left(a.node, 1),
      ].flat(),
    ).toEqual([]);
  });
});
