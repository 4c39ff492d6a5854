/** What a coordinator does with a member that asks for work and means to do none. */
import { describe, expect, it, vi } from 'vitest';
import { seededRandom } from '../runtime/index.ts';
import { newNodeId } from '../wire/index.ts';
import type { LeaseRef, WorkerRef } from './contract.ts';
import { Coordinator } from './coordinator.ts';
import type { CoordinatorEffect } from './coordinator-effect.ts';
import { SumStore, sumOf } from './sums.testing.ts';
import type { CheckRef } from './trust/checks.ts';
import { trustOf } from './trust/trust.testing.ts';
import { Trust } from './trust/trust.ts';

const random = seededRandom(1);
const own = newNodeId(random);
const [honest, hostile]: WorkerRef[] = Array.from({ length: 2 }, () => ({
  node: newNodeId(random),
  index: 0,
}));
if (!honest || !hostile) throw new Error('unreachable');

function setUp(taskCount: number) {
  const inner = new SumStore({ taskCount, spec: Uint8Array.of(7) });
  const { store, trust } = trustOf(own, inner);
  trust.begin(1);
  const job = new Coordinator({ self: own, taskCount, store, trust, openAtMs: 0 });
  const sum = (task: number): Uint8Array => sumOf(inner.job.spec, task);
  return {
    ...{ job, store, trust },
    /** Does what is asked of that worker in these effects. */
    obey(worker: WorkerRef, effects: readonly CoordinatorEffect[], nowMs: number): CoordinatorEffect[] {
      const own = effects.filter((effect) => 'worker' in effect && effect.worker.node === worker.node);
      return own.flatMap((effect) => {
        if (effect.type === 'check')
          return effect.checks.flatMap(({ task, fence, range }: CheckRef) => [
            ...job.checked(
              worker,
              { task, fence },
              sum(task).slice(range.first, range.first + range.count),
              nowMs,
            ),
          ]);
        if (effect.type !== 'grant') return [];
        return effect.leases.flatMap((lease: LeaseRef) => {
          if (!job.isWelcome(worker, lease)) return [];
          store.accept(lease.task, sum(lease.task), worker);
          trust.taken(lease.task, sum(lease.task), worker);
          return [...job.succeeded(lease, 10, nowMs)];
        });
      });
    },
  };
}

const isDone = (effects: readonly CoordinatorEffect[]): boolean =>
  effects.some(({ type }) => type === 'done');
const leasesIn = (effects: readonly CoordinatorEffect[], worker: WorkerRef): readonly LeaseRef[] =>
  effects.flatMap((effect) =>
    effect.type === 'grant' && effect.worker.node === worker.node ? effect.leases : [],
  );

describe('a member that asks for work and means to do none', () => {
  it('holds up no end by asking again and again instead of answering what it is to check', () => {
    const { job, obey } = setUp(1);
    job.pull(hostile, 0);
    const effects = obey(honest, job.pull(honest, 0), 0);
    let hasEnded = isDone(effects);
    for (let nowMs = 1_000; nowMs <= 60_000 && !hasEnded; nowMs += 1_000) {
      hasEnded = isDone(job.pull(hostile, nowMs)) || isDone(job.tick(nowMs, false));
    }
    expect(hasEnded).toBe(true);
  });

  it('holds up no end by saying again and again that it has lost what it is to check', () => {
    const { job, obey } = setUp(1);
    job.pull(hostile, 0);
    const effects = obey(honest, job.pull(honest, 0), 0);
    let hasEnded = isDone(effects);
    for (let nowMs = 1_000; nowMs <= 60_000 && !hasEnded; nowMs += 1_000) {
      const pulled = job.pull(hostile, nowMs, { isEmptyHanded: true, held: [] });
      hasEnded = isDone(pulled) || isDone(job.tick(nowMs, false));
    }
    expect(hasEnded).toBe(true);
  });

  it('is not waited for when it asks no more', () => {
    const { job, obey } = setUp(3);
    let effects: readonly CoordinatorEffect[] = [];
    effects = obey(hostile, job.pull(hostile, 0), 0);
    let hasEnded = false;
    for (let nowMs = 100; nowMs <= 60_000 && !hasEnded; nowMs += 100) {
      effects = [...effects, ...job.pull(honest, nowMs), ...job.tick(nowMs, false)];
      hasEnded = isDone(effects);
      effects = obey(honest, effects, nowMs);
      hasEnded ||= isDone(effects);
    }
    expect(hasEnded).toBe(true);
  });

  /** How many Tasks the honest one is given in half a minute, while the other does this once a second. */
  const givenBeside = (taskCount: number, misbehave: (job: Coordinator, nowMs: number) => void): number => {
    const { job, obey } = setUp(taskCount);
    let given = 0;
    for (let nowMs = 0; nowMs <= 30_000; nowMs += 100) {
      if (nowMs % 1_000 === 0) misbehave(job, nowMs);
      const effects = job.pull(honest, nowMs, { isEmptyHanded: true, held: [] });
      given += leasesIn(effects, honest).length;
      obey(honest, effects, nowMs);
    }
    return given;
  };

  it('keeps nobody from the work by saying that it has every result, and bringing none', () => {
    const held = Array.from({ length: 200 }, (_, task) => task);
    const given = givenBeside(200, (job, nowMs) => {
      for (const index of [0, 1]) job.pull({ ...hostile, index }, nowMs, { isEmptyHanded: true, held });
    });
    expect(given).toBeGreaterThan(100);
  });

  it('keeps nobody from the work by taking all of it with many workers', () => {
    const given = givenBeside(100, (job, nowMs) => {
      for (let index = 0; index < 256; index++)
        job.pull({ ...hostile, index }, nowMs, { isEmptyHanded: true, held: [] });
    });
    expect(given).toBeGreaterThan(50);
  });

  it('is looked at a few times for a message, however many workers it says it has', () => {
    const taskCount = 100;
    const { job, obey } = setUp(taskCount);
    job.pull(hostile, 0);
    for (let i = 0; i < 60; i++) obey(honest, job.pull(honest, i), i);
    for (let index = 0; index < 256; index++) job.pull({ ...hostile, index }, 100);
    const looks = vi.spyOn(Trust.prototype, 'grant');
    const messages = 2_000;
    for (let i = 0; i < messages; i++)
      job.pull({ ...hostile, index: i % 256 }, 100 + i, { isEmptyHanded: true, held: [] });
    expect(looks.mock.calls.length / messages).toBeLessThan(8);
    looks.mockRestore();
  });
});
