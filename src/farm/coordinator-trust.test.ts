/** What a coordinator does with results that may be wrong: who is asked, when a Job is done, what happens to whoever lied. */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../runtime/index.ts';
import { newNodeId } from '../wire/index.ts';
import type { LeaseRef, WorkerRef } from './contract.ts';
import { Coordinator } from './coordinator.ts';
import { type CoordinatorEffect, WRONG_RESULTS } from './coordinator-effect.ts';
import { SumStore, sumOf } from './sums.testing.ts';
import { type CheckRef, HURRIED_MS } from './trust/checks.ts';
import { trustOf } from './trust/trust.testing.ts';

const random = seededRandom(1);
const own = newNodeId(random);
const [a, b, c]: WorkerRef[] = Array.from({ length: 3 }, () => ({ node: newNodeId(random), index: 0 }));
if (!a || !b || !c) throw new Error('unreachable');
const wrong = new Uint8Array(32).fill(1);

function setUp(taskCount: number) {
  const inner = new SumStore({ taskCount, spec: Uint8Array.of(7) });
  const { store, trust, liars } = trustOf(own, inner);
  trust.begin(1);
  const job = new Coordinator({ self: own, taskCount, store, trust, openAtMs: 0 });
  const sum = (task: number): Uint8Array => sumOf(inner.job.spec, task);
  const checksIn = (effects: readonly CoordinatorEffect[], worker: WorkerRef): readonly CheckRef[] =>
    effects.flatMap((effect) =>
      effect.type === 'check' && effect.worker.node === worker.node ? effect.checks : [],
    );
  return {
    ...{ job, store, trust, liars, sum, checksIn },
    /** Gets a Task and brings what it comes to. */
    bring(worker: WorkerRef, nowMs: number, bytes?: Uint8Array): readonly CoordinatorEffect[] {
      const lease = job
        .pull(worker, nowMs)
        .flatMap((effect): readonly LeaseRef[] => (effect.type === 'grant' ? effect.leases : []))[0];
      if (!lease) throw new Error('nothing was granted');
      store.accept(lease.task, bytes ?? sum(lease.task), worker);
      trust.taken(lease.task, bytes ?? sum(lease.task), worker);
      return job.succeeded(lease, 10, nowMs);
    },
    /** Is asked to check, and says that. */
    check(worker: WorkerRef, nowMs: number, bytes?: Uint8Array): readonly CoordinatorEffect[] {
      const asked = [0, 5_000].flatMap((late) => checksIn(job.pull(worker, nowMs + late), worker))[0];
      if (!asked) throw new Error('it was not asked');
      const { first, count } = asked.range;
      return job.checked(
        worker,
        asked,
        (bytes ?? sum(asked.task)).slice(first, first + count),
        nowMs + 5_000,
      );
    },
  };
}

const isDone = (effects: readonly CoordinatorEffect[]): boolean =>
  effects.some(({ type }) => type === 'done');

describe('a coordinator', () => {
  it('is done only when of whoever brought results something was checked', () => {
    const { job, bring, check } = setUp(1);
    job.pull(b, 0);
    expect(isDone(bring(a, 0))).toBe(false);
    expect(isDone(job.tick(1_000, false))).toBe(false);
    expect([job.isInDoubt(0), job.isInDoubt(1)]).toEqual([true, false]);
    expect(check(b, 2_000)).toEqual([{ type: 'done' }]);
  });

  it('checks its own results, too, and nothing where nobody else is', () => {
    const mine = { node: own, index: 0 };
    expect(isDone(setUp(1).bring(mine, 0))).toBe(true);
    const { job, bring } = setUp(1);
    job.pull(b, 0);
    expect(isDone(bring(mine, 0))).toBe(false);
    expect(job.isInDoubt(0)).toBe(false);
    expect(isDone(job.tick(2_900, false))).toBe(false);
    expect(isDone(job.tick(3_000, false))).toBe(true);
    const alone = setUp(2);
    alone.bring(a, 0);
    expect(alone.job.isInDoubt(0)).toBe(false);
    expect(isDone(alone.bring(a, 0))).toBe(true);
  });

  it('does not wait for a check when the only one that could do it goes', () => {
    const { job, bring } = setUp(1);
    job.pull(b, 0);
    bring(a, 0);
    expect(job.left(b.node, 10)).toEqual([{ type: 'done' }]);
  });

  it('says who lied, and gives it nothing more', () => {
    const { job, bring, check, liars, store, trust } = setUp(2);
    const mine = { node: own, index: 0 };
    job.pull(mine, 0);
    bring(a, 0, wrong);
    expect(check(mine, 10)).toEqual([{ type: 'wrong', liars: [a.node] }]);
    liars.add({ node: a.node, withdrawnCost: store.withdraw(a.node) });
    trust.withdrawn(a.node);
    const again = new Coordinator({ self: own, taskCount: 2, store, trust, openAtMs: 0 });
    expect(again.pull(a, 20)).toEqual([{ type: 'blocked', worker: a, reason: WRONG_RESULTS }]);
    expect(again.stateOf(a.node)).toEqual({ state: 'blocked', reason: WRONG_RESULTS });
    expect(again.pull(b, 20)).toMatchObject([{ type: 'grant', leases: [{ task: 0 }] }]);
  });

  it('gives a check that failed to another one, and counts it against nobody', () => {
    const { job, bring, sum, checksIn } = setUp(1);
    job.pull(b, 0);
    bring(a, 0);
    // The lot may have fallen for the one that does not ask.
    const atOnce = checksIn(job.pull(b, 0), b);
    const nowMs = atOnce.length > 0 ? 0 : HURRIED_MS;
    const [asked] = atOnce.length > 0 ? atOnce : checksIn(job.pull(b, nowMs), b);
    if (!asked) throw new Error('it was not asked');
    job.pull(c, nowMs);
    expect(job.inWork).toBe(1);
    const [next] = checksIn(job.failed(b, asked, 'out of memory', nowMs + 100), c);
    if (!next) throw new Error('the other one was not asked');
    expect(job.stateOf(b.node).state).toBe('idle');
    const { first, count } = next.range;
    expect(job.checked(c, next, sum(0).slice(first, first + count), 6_000)).toEqual([{ type: 'done' }]);
  });

  it('asks whoever waits when the lot falls on it: those that ask all the time and never answer do not hold up the end', () => {
    for (let round = 0; round < 10; round++) {
      const { job, bring, sum, checksIn } = setUp(1);
      const silent = Array.from({ length: 3 }, () => ({ node: newNodeId(random), index: 0 }));
      job.pull(b, 0);
      bring(a, 0);
      for (const one of silent) job.pull(one, 0);
      let [asked] = checksIn(job.pull(b, 10), b);
      let nowMs = 50;
      for (; !asked && nowMs < 5_000; nowMs += 50) {
        if (nowMs % 1_000 === 0) [asked] = checksIn(job.tick(nowMs, false), b);
        for (const one of silent) asked ??= checksIn(job.pull(one, nowMs), b)[0];
      }
      if (!asked) throw new Error('the one that waits was not asked');
      const { first, count } = asked.range;
      expect(job.checked(b, asked, sum(0).slice(first, first + count), nowMs)).toEqual([{ type: 'done' }]);
    }
  });

  it('fails, with the reason, where two disagree to the end and no third comes', () => {
    const { job, bring, check } = setUp(1);
    job.pull(b, 0);
    bring(a, 0, wrong);
    expect(check(b, 10)).toEqual([]);
    expect(job.tick(6_000, true)).toEqual([]);
    expect(job.tick(7_000, false)).toEqual([]);
    expect(job.tick(10_000, false)).toMatchObject([
      { type: 'failed', reason: expect.stringContaining('no third') },
    ]);
  });

  it('takes one that went for wrong where two disagreed: what it brought can be done again', () => {
    const { job, bring, check } = setUp(1);
    job.pull(b, 0);
    bring(a, 0, wrong);
    check(b, 10);
    expect(job.left(a.node, 20)).toEqual([{ type: 'wrong', liars: [a.node] }]);
  });
});
