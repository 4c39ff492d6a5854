import { describe, expect, it } from 'vitest';
import { seededRandom } from '../runtime/index.ts';
import { newNodeId } from '../wire/index.ts';
import type { LeaseRef, WorkerRef } from './contract.ts';
import { LEASE_MS, Coordinator as Plain } from './coordinator.ts';
import type { CoordinatorEffect } from './coordinator-effect.ts';
import { type PlainStore, plainStore } from './plain-store.testing.ts';
import { trustOf } from './trust/trust.testing.ts';

const random = seededRandom(1);
const own = newNodeId(random);
const [a, b, c]: WorkerRef[] = Array.from({ length: 3 }, () => ({ node: newNodeId(random), index: 0 }));
if (!a || !b || !c) throw new Error('unreachable');

/** A Coordinator whose store takes what succeeds. */
class Coordinator extends Plain {
  readonly store: PlainStore;

  constructor(taskCount: number, openAtMs = 0) {
    const store = plainStore(taskCount);
    super({ self: own, taskCount, store, openAtMs, trust: trustOf(own, store).trust });
    this.store = store;
  }

  override succeeded(lease: LeaseRef, elapsedMs: number, nowMs: number): readonly CoordinatorEffect[] {
    this.store.settled.add(lease.task);
    return super.succeeded(lease, elapsedMs, nowMs);
  }
}

const coordinator = (taskCount: number, openAtMs = 0) => new Coordinator(taskCount, openAtMs);
const EMPTY_HANDED = { isEmptyHanded: true, held: [] };

/** Leases granted to a worker in these effects. */
function grants(effects: readonly CoordinatorEffect[], worker: WorkerRef): readonly LeaseRef[] {
  return effects.flatMap((effect) =>
    effect.type === 'grant' && effect.worker === worker ? effect.leases : [],
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
    expect(job.pull(a, 0)).toEqual([{ type: 'grant', worker: a, leases: [] }]);
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
      { type: 'revoke', worker: a, leases: [original] },
      { type: 'done' },
    ]);
    expect(job.succeeded(original, 5, 201)).toEqual([]);
  });

  it('grants again what a worker lost on the way, and goes on counting its failures', () => {
    const job = coordinator(10);
    const lost = one(job.pull(a, 0), a);
    const again = one(job.pull(a, 3_000, EMPTY_HANDED), a);
    expect(again.task).toBe(lost.task);
    expect(again.fence).not.toBe(lost.fence);
    expect(job.active()).toHaveLength(1);
    for (let failed = 0; failed < 2; failed++) {
      job.failed(a, one(job.pull(a, 8_000, EMPTY_HANDED), a), 'no', 8_000);
    }
    expect(job.failed(a, one(job.pull(a, 9_000, EMPTY_HANDED), a), 'no', 9_000)).toMatchObject([
      { type: 'failure', worker: a, reason: 'no' },
      { type: 'blocked' },
    ]);
    expect(job.pull(a, 9_001)).toMatchObject([{ type: 'blocked', reason: 'no' }]);
  });

  it('is not ended by one stranger that can do nothing', () => {
    const job = coordinator(5);
    for (let index = 0; index < 8; index++) job.unfit({ node: a.node, index }, 'no', 0);
    job.tick(0, false);
    expect(job.tick(60_000, false)).toEqual([]);
    job.unfit(b, 'no', 60_000);
    job.tick(60_000, false);
    expect(job.tick(63_000, false)).toEqual([{ type: 'failed', reason: 'no' }]);
  });

  it("counts a failure only from the lease's holder", () => {
    const job = coordinator(2);
    const lease = one(job.pull(a, 0), a);
    for (let i = 0; i < 5; i++) expect(job.failed(b, lease, 'forged', 0)).toEqual([]);
    expect(job.isWelcome(a, lease)).toBe(true);
    expect(job.pull(b, 0)).toMatchObject([{ type: 'grant', leases: [{ task: 1 }] }]);
  });

  it('lets nobody hoard, however often it asks', () => {
    const job = coordinator(1_000);
    let hoarded = 0;
    for (let i = 0; i < 200; i++) hoarded += grants(job.pull(a, i), a).length;
    expect(hoarded).toBeLessThan(15);
  });

  it('begins after a takeover with what the workers have, and has nothing of it done again', () => {
    const job = coordinator(20, 500);
    expect(grants(job.pull(a, 0), a)).toEqual([]);
    expect(grants(job.pull(b, 10, { isEmptyHanded: false, held: [0, 1, 7] }), b)).toEqual([]);
    const effects = job.tick(500, false);
    const ofB = grants(effects, b);
    expect(ofB.map(({ task }) => task).slice(0, 3)).toEqual([0, 1, 7]);
    expect(grants(effects, a)).toMatchObject([{ task: 2 }]);
  });

  it('grants nothing while it is paused, and goes on where it was', () => {
    const job = coordinator(3);
    const lease = one(job.pull(a, 0), a);
    job.setPaused(true, 0);
    expect(grants(job.pull(b, 0), b)).toEqual([]);
    expect(job.succeeded(lease, 1, 1)).toEqual([]);
    expect(grants(job.setPaused(false, 2), b)).toMatchObject([{ task: 1 }]);
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
    const mine = { node: own, index: 0 };
    job.pull(mine, 0);
    expect(job.unfit(mine, 'out of memory', 0)).toEqual([]);
    expect(job.stateOf(own)).toEqual({ state: 'blocked', reason: 'out of memory' });
    expect(job.tick(0, true)).toEqual([]);
    expect(job.tick(10_000, false)).toEqual([]);
    expect(job.tick(13_000, false)).toEqual([{ type: 'failed', reason: 'out of memory' }]);
    expect(job.pull(b, 13_001)).toEqual([]);
  });

  it('goes on when an able worker comes in time', () => {
    const job = coordinator(1);
    job.unfit({ node: own, index: 0 }, 'out of memory', 0);
    job.tick(0, false);
    const lease = one(job.pull(b, 1_000), b);
    expect(job.tick(60_000, false)).toEqual([{ type: 'expired', worker: b, leases: 1 }]);
    expect(job.succeeded(lease, 1, 60_001)).toEqual([{ type: 'done' }]);
  });

  it('says nothing after its end', () => {
    const job = coordinator(1);
    const lease = one(job.pull(a, 0), a);
    job.end();
    expect(
      [
        job.pull(b, 1),
        job.succeeded(lease, 1, 1),
        job.failed(a, lease, 'x', 1),
        job.tick(9e9, false),
        job.left(a.node, 1),
      ].flat(),
    ).toEqual([]);
  });
});
