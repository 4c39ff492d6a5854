import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { FarmWorld } from '../../sim/farm-world.ts';
import { integerBelow, seededRandom, setLogSink } from '../runtime/index.ts';
import type { JobStatus } from './contract.ts';
import { Farm } from './farm.ts';
import { type Behaviour, kindOf, Sums } from './sums.testing.ts';

beforeAll(() => {
  setLogSink(() => {});
});
afterAll(() => {
  setLogSink(undefined);
  vi.unstubAllGlobals();
});

function setUp(seed: number) {
  const mesh = new FarmWorld(seed);
  const random = seededRandom(seed + 1000);
  const add = (workers: number, behaviour: Behaviour = {}) => {
    const tab = mesh.add();
    const { node, host } = tab;
    const kinds = [kindOf(host, random, behaviour)];
    const farm = new Farm({ node, clock: host, timers: host, random, kinds });
    farm.setWorkers(workers);
    const ends: { status: JobStatus; isOrphaned: boolean }[] = [];
    const refusals: string[] = [];
    farm.events.on('ended', (end) => ends.push(end));
    farm.events.on('refused', ({ reason }) => refusals.push(reason));
    return { node, farm, ends, refusals };
  };
  return { mesh, random, add };
}

describe('a Job on the farm', () => {
  it('is done by one Node alone', async () => {
    const { mesh, add } = setUp(1);
    const alone = add(2);
    const sums = new Sums(100);
    const job = alone.farm.submit(sums);
    await mesh.runUntil(() => job.status.phase !== 'running');
    expect(job.status).toEqual({ phase: 'done', reason: undefined });
    expect(sums.isRight).toBe(true);
    expect(sums.accepted).toBe(100);
  });

  it('is shared by all Nodes, in proportion to their speed', async () => {
    const { mesh, add } = setUp(2);
    const [owner, quick, slow] = [add(1), add(1), add(1, { taskMs: 150 })];
    await mesh.meet();
    const sums = new Sums(700);
    const job = owner.farm.submit(sums);
    await mesh.runUntil(() => job.status.phase === 'done');
    expect(sums.isRight).toBe(true);
    const [a = 0, b = 0, c = 0] = [owner, quick, slow].map(({ node }) => sums.doneBy.get(node.id));
    expect(b / a).toBeGreaterThan(0.8);
    expect(b / c).toBeGreaterThan(2);
    await mesh.runFor(100);
    expect(quick.ends.map(({ status }) => status.phase)).toEqual(['done']);
  });

  it('is joined by a Node that comes late, and hears of its end', async () => {
    const { mesh, add } = setUp(3);
    const owner = add(1);
    const sums = new Sums(200);
    const job = owner.farm.submit(sums);
    await mesh.runFor(2_000);
    const late = add(3);
    await mesh.runUntil(() => job.status.phase === 'done');
    expect(sums.doneBy.get(late.node.id) ?? 0).toBeGreaterThan(50);
    const latest = add(1);
    const offered: string[] = [];
    latest.farm.events.on('offered', ({ status }) => offered.push(status.phase));
    await mesh.runFor(1_000);
    expect(offered).toEqual(['done']);
  });

  it('comes to the same results whatever dies, joins and stumbles on the way', async () => {
    for (let seed = 0; seed < 12; seed++) {
      const { mesh, random, add } = setUp(seed);
      const owner = add(1 + integerBelow(random, 2));
      const others = [add(2), add(1), add(3, { taskMs: 120, fails: (_, task) => task % 12 === seed })];
      const sums = new Sums(150);
      const job = owner.farm.submit(sums);
      let isOver = false;
      owner.farm.events.on('ended', () => {
        isOver = true;
      });
      for (let round = 0; round < 6 && !isOver; round++) {
        await mesh.runFor(100 + integerBelow(random, 400));
        const dice = integerBelow(random, 3);
        const victim = others[integerBelow(random, others.length)];
        if (dice === 0 && victim) mesh.kill(victim.node.id);
        if (dice === 1) others.push(add(1 + integerBelow(random, 2)));
        if (dice === 2) victim?.farm.setWorkers(integerBelow(random, 4));
      }
      await mesh.runUntil(() => isOver);
      expect(job.status, `seed ${seed}`).toEqual({ phase: 'done', reason: undefined });
      expect(sums.isRight).toBe(true);
      expect(sums.accepted).toBe(150);
    }
  });

  it('loses only time when every worker but one dies at once', async () => {
    const { mesh, add } = setUp(5);
    const owner = add(1);
    const others = [add(2), add(2), add(2)];
    const sums = new Sums(120);
    const job = owner.farm.submit(sums);
    await mesh.runFor(700);
    for (const { node } of others) mesh.kill(node.id);
    await mesh.runUntil(() => job.status.phase === 'done', 20_000);
    expect(sums.isRight).toBe(true);
  });

  it('does not wait for the slowest at the end', async () => {
    const { mesh, add } = setUp(6);
    const [owner] = [add(1), add(1, { taskMs: 15_000 })];
    const sums = new Sums(60);
    const job = owner.farm.submit(sums);
    await mesh.runUntil(() => job.status.phase === 'done', 8_000);
    expect(sums.isRight).toBe(true);
  });

  it('fails with the reason when several workers fail at the same Task', async () => {
    const { mesh, add } = setUp(7);
    const fails = (_: number, task: number) => task === 11;
    const [owner, other] = [add(2, { fails }), add(2, { fails })];
    await mesh.meet();
    const job = owner.farm.submit(new Sums(300));
    await mesh.runUntil(() => job.status.phase !== 'running');
    await mesh.runFor(100);
    expect(job.status.phase).toBe('failed');
    expect(job.status.reason).toContain('stumbled');
    expect(other.ends[0]?.status).toEqual(job.status);
  });

  it('fails with the reason when the only worker there is cannot do it', async () => {
    const { mesh, add } = setUp(8);
    const owner = add(1, { unfit: true });
    const job = owner.farm.submit(new Sums(3));
    await mesh.runUntil(() => job.status.phase !== 'running');
    expect(job.status).toEqual({ phase: 'failed', reason: 'the inputs do not fit' });
  });

  it('is not failed by one bad machine, however many workers it has', async () => {
    const { mesh, add } = setUp(15);
    const fails = (_: number, task: number) => task % 12 === 10;
    const [owner] = [add(1), add(4, { fails, taskMs: 10 })];
    await mesh.meet();
    const sums = new Sums(150);
    const job = owner.farm.submit(sums);
    await mesh.runUntil(() => job.status.phase !== 'running');
    expect(job.status.phase).toBe('done');
    expect(sums.isRight).toBe(true);
  });

  it('does without a worker that keeps failing, and without one that sends nonsense', async () => {
    const { mesh, add } = setUp(9);
    const [owner, clumsy, liar] = [add(1), add(1, { fails: () => true }), add(2, { lies: true })];
    const sums = new Sums(100);
    const job = owner.farm.submit(sums);
    await mesh.runUntil(() => job.status.phase !== 'running');
    expect(job.status.phase).toBe('done');
    expect(sums.isRight).toBe(true);
    expect(sums.doneBy.has(clumsy.node.id)).toBe(false);
    expect(sums.doneBy.has(liar.node.id)).toBe(false);
  });

  it('is not worked on by a Node that must not, and that Node says why', async () => {
    const { mesh, add } = setUp(10);
    const [owner, other] = [add(1), add(1, { refuses: 'another kernel here' })];
    const sums = new Sums(30);
    const job = owner.farm.submit(sums);
    await mesh.runUntil(() => job.status.phase === 'done');
    expect(other.refusals).toEqual(['another kernel here']);
    expect(sums.doneBy.has(other.node.id)).toBe(false);
  });

  it('is cancelled for everyone from any Node', async () => {
    const { mesh, add } = setUp(11);
    const [owner, other, third] = [add(1), add(1), add(1)];
    const job = owner.farm.submit(new Sums(10_000));
    await mesh.runFor(1_000);
    other.farm.cancel(job.id);
    await mesh.runFor(1_000);
    for (const { ends } of [owner, other, third]) {
      expect(ends.map(({ status }) => status.phase)).toEqual(['cancelled']);
    }
  });

  it('ends for the others when its owner leaves', async () => {
    const { mesh, add } = setUp(12);
    const [owner, other] = [add(1), add(1)];
    owner.farm.submit(new Sums(10_000));
    await mesh.runFor(1_000);
    mesh.kill(owner.node.id);
    await mesh.runUntil(() => other.ends.length > 0, 30_000);
    expect(other.ends).toMatchObject([{ status: { phase: 'failed' }, isOrphaned: true }]);
  });

  it('is worked on again within two seconds by a helper that stood still, however long', async () => {
    for (const [seed, frozenMs] of [1_000, 6_500, 8_000, 12_000, 30_000].entries()) {
      const { mesh, add } = setUp(60 + seed);
      const [owner, helper] = [add(1), add(2)];
      await mesh.meet();
      const sums = new Sums(1_000_000);
      const job = owner.farm.submit(sums);
      await mesh.runFor(2_000);
      const done = (): number => sums.doneBy.get(helper.node.id) ?? 0;
      expect(done()).toBeGreaterThan(10);
      mesh.freeze(helper.node.id);
      await mesh.runFor(frozenMs);
      const before = done();
      mesh.thaw(helper.node.id);
      await mesh.runFor(2_000);
      expect(done() - before, `after ${frozenMs} ms`).toBeGreaterThan(10);
      const later = done();
      await mesh.runFor(2_000);
      expect(done() - later, `later, after ${frozenMs} ms`).toBeGreaterThan(40);
      job.cancel('enough');
    }
  });

  it('gives way to the next Job when it has nothing left to grant', async () => {
    const { mesh, add } = setUp(13);
    const [owner, other] = [add(1), add(2)];
    const sums = [new Sums(40), new Sums(40, Uint8Array.of(8))] as const;
    const jobs = [owner.farm.submit(sums[0]), other.farm.submit(sums[1])];
    await mesh.runUntil(() => jobs.every(({ status }) => status.phase === 'done'));
    expect(sums.every(({ isRight }) => isRight)).toBe(true);
  });

  it('takes up work again when the worker count goes from zero to some', async () => {
    const { mesh, add } = setUp(14);
    const owner = add(0);
    const sums = new Sums(20);
    const job = owner.farm.submit(sums);
    await mesh.runFor(3_000);
    expect(sums.accepted).toBe(0);
    owner.farm.setWorkers(2);
    await mesh.runUntil(() => job.status.phase === 'done');
    expect(sums.isRight).toBe(true);
  });
});
