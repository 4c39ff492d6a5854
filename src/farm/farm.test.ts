import { describe, expect, it } from 'vitest';
import { controlOf, farmTabs, phaseOf, storeOf, submit } from '../../sim/farm-tabs.testing.ts';
import { quietVirtualTime } from '../../sim/quiet-virtual-time.testing.ts';
import { integerBelow } from '../runtime/index.ts';

quietVirtualTime();

describe('a Job on the farm', () => {
  it('is done by one Node alone', async () => {
    const { mesh, add } = farmTabs(1);
    const alone = add(2);
    const { id, sums } = submit(alone, 100);
    await mesh.runUntil(() => phaseOf(alone, id) !== 'running');
    expect(controlOf(alone, id)).toMatchObject({ phase: 'done', reason: undefined });
    expect(sums.isRight).toBe(true);
    expect(sums.accepted).toBe(100);
  });

  it('is shared by all Nodes, in proportion to their speed', async () => {
    const { mesh, add } = farmTabs(2);
    const [owner, quick, slow] = [add(1), add(1), add(1, { taskMs: 150 })];
    await mesh.meet();
    const { id, sums } = submit(owner, 350);
    await mesh.runUntil(() => phaseOf(owner, id) === 'done');
    expect(sums.isRight).toBe(true);
    const [a = 0, b = 0, c = 0] = [owner, quick, slow].map(({ node }) => sums.doneBy.get(node.id));
    expect(b / a).toBeGreaterThan(0.8);
    expect(b / c).toBeGreaterThan(2);
    await mesh.runFor(100);
    expect(phaseOf(quick, id)).toBe('done');
  });

  it('is joined by a Node that comes late, and hears of its end', async () => {
    const { mesh, add } = farmTabs(3);
    const owner = add(1);
    const { id, sums } = submit(owner, 200);
    await mesh.runFor(2_000);
    const late = add(3);
    await mesh.runUntil(() => phaseOf(owner, id) === 'done');
    expect(sums.doneBy.get(late.node.id) ?? 0).toBeGreaterThan(50);
    const latest = add(1);
    await mesh.runUntil(() => phaseOf(latest, id) === 'done', 3_000);
  });

  it('plays the same once more from the same seed, whose work is checked included', async () => {
    const play = async () => {
      const { mesh, add } = farmTabs(4);
      const [owner] = [add(1), add(2), add(3)];
      await mesh.meet();
      const { id, sums } = submit(owner, 150);
      await mesh.runUntil(() => phaseOf(owner, id) === 'done');
      return [mesh.network.scheduler.executed, mesh.now(), [...sums.doneBy.values()]];
    };
    expect(await play()).toEqual(await play());
  });

  it('comes to the same results whatever dies, joins and stumbles on the way', async () => {
    for (let seed = 0; seed < 2; seed++) {
      const { mesh, random, add } = farmTabs(seed);
      const owner = add(1 + integerBelow(random, 2));
      const others = [add(2), add(1), add(3, { taskMs: 120, fails: (_, task) => task % 12 === seed })];
      const { id, sums } = submit(owner, 150);
      const isOver = (): boolean => phaseOf(owner, id) !== 'running';
      for (let round = 0; round < 6 && !isOver(); round++) {
        await mesh.runFor(100 + integerBelow(random, 400));
        const dice = integerBelow(random, 3);
        const victim = others[integerBelow(random, others.length)];
        if (dice === 0 && victim) mesh.kill(victim.node.id);
        if (dice === 1) others.push(add(1 + integerBelow(random, 2)));
        if (dice === 2) victim?.farm.setWorkers(integerBelow(random, 4));
      }
      await mesh.runUntil(isOver);
      expect(controlOf(owner, id), `seed ${seed}`).toMatchObject({ phase: 'done', reason: undefined });
      expect(sums.isRight).toBe(true);
      expect(sums.accepted).toBe(150);
    }
  });

  it('loses only time when every worker but one dies at once', async () => {
    const { mesh, add } = farmTabs(5);
    const owner = add(1);
    const others = [add(2), add(2), add(2)];
    const { id, sums } = submit(owner, 120);
    await mesh.runFor(700);
    for (const { node } of others) mesh.kill(node.id);
    await mesh.runUntil(() => phaseOf(owner, id) === 'done', 20_000);
    expect(sums.isRight).toBe(true);
  });

  it('does not wait for the slowest at the end', async () => {
    const { mesh, add } = farmTabs(6);
    const [owner] = [add(1), add(1, { taskMs: 15_000 })];
    const { id, sums } = submit(owner, 60);
    await mesh.runUntil(() => phaseOf(owner, id) === 'done', 8_000);
    expect(sums.isRight).toBe(true);
  });

  it('fails with the reason when several workers fail at the same Task', async () => {
    const { mesh, add } = farmTabs(7);
    const fails = (_: number, task: number) => task === 11;
    const [owner, other] = [add(2, { fails }), add(2, { fails })];
    await mesh.meet();
    const { id } = submit(owner, 300);
    await mesh.runUntil(() => phaseOf(owner, id) !== 'running');
    await mesh.runFor(100);
    expect(phaseOf(owner, id)).toBe('failed');
    expect(controlOf(owner, id).reason).toContain('stumbled');
    expect(controlOf(other, id)).toEqual(controlOf(owner, id));
  });

  it('fails with the reason when the only worker there is cannot do it', async () => {
    const { mesh, add } = farmTabs(8);
    const owner = add(1, { unfit: true });
    const { id } = submit(owner, 3);
    await mesh.runUntil(() => phaseOf(owner, id) !== 'running');
    expect(controlOf(owner, id)).toMatchObject({ phase: 'failed', reason: 'the inputs do not fit' });
  });

  it('is not failed by one bad machine, however many workers it has', async () => {
    const { mesh, add } = farmTabs(15);
    const fails = (_: number, task: number) => task % 12 === 10;
    const [owner] = [add(1), add(4, { fails, taskMs: 10 })];
    await mesh.meet();
    const { id, sums } = submit(owner, 150);
    await mesh.runUntil(() => phaseOf(owner, id) !== 'running');
    expect(phaseOf(owner, id)).toBe('done');
    expect(sums.isRight).toBe(true);
  });

  it('does without a worker that keeps failing, and without one that sends nonsense', async () => {
    const { mesh, add } = farmTabs(9);
    const [owner, clumsy, liar] = [add(1), add(1, { fails: () => true }), add(2, { lies: true })];
    const { id, sums } = submit(owner, 100);
    await mesh.runUntil(() => phaseOf(owner, id) !== 'running');
    expect(phaseOf(owner, id)).toBe('done');
    expect(sums.isRight).toBe(true);
    expect(sums.doneBy.has(clumsy.node.id)).toBe(false);
    expect(sums.doneBy.has(liar.node.id)).toBe(false);
  });

  it('is not worked on by a Node that must not, and that Node says why', async () => {
    const { mesh, add } = farmTabs(10);
    const [owner, other] = [add(1), add(1, { refuses: 'another kernel here' })];
    const { id, sums } = submit(owner, 30);
    await mesh.runUntil(() => phaseOf(owner, id) === 'done');
    expect(other.refusals).toEqual(['another kernel here']);
    expect(sums.doneBy.has(other.node.id)).toBe(false);
  });

  it('is cancelled for everyone from any Node', async () => {
    const { mesh, add } = farmTabs(11);
    const [owner, other, third] = [add(1), add(1), add(1)];
    const { id } = submit(owner, 10_000);
    await mesh.runFor(1_000);
    await Promise.all([other.farm.wish(id, { type: 'cancel' }), mesh.runFor(1_000)]);
    for (const tab of [owner, other, third]) expect(phaseOf(tab, id)).toBe('cancelled');
  });

  it('is paused, put in front, resumed, cancelled and begun again from any Node, and each wish is answered', async () => {
    const { mesh, add } = farmTabs(16);
    const [owner, other] = [add(1), add(1)];
    await mesh.meet();
    const { id, sums } = submit(owner, 200);
    await mesh.runFor(1_000);
    const wish = (type: 'pause' | 'resume' | 'cancel' | 'requeue') =>
      Promise.all([other.farm.wish(id, { type }), mesh.runFor(1_000)]);
    await wish('pause');
    expect(phaseOf(owner, id)).toBe('paused');
    const paused = sums.accepted;
    await mesh.runFor(5_000);
    expect(sums.accepted).toBe(paused);
    await Promise.all([other.farm.wish(id, { type: 'priority', priority: 4 }), mesh.runFor(1_000)]);
    expect(controlOf(owner, id).priority).toBe(4);
    await wish('resume');
    expect(sums.accepted).toBeGreaterThan(paused);
    await wish('cancel');
    await mesh.runFor(2_000);
    const cancelled = sums.accepted;
    expect(cancelled).toBeLessThan(200);
    await wish('requeue');
    await mesh.runUntil(() => phaseOf(owner, id) === 'done');
    expect([sums.isRight, sums.accepted]).toEqual([true, 200]);
  });

  it('goes on without the one that submitted it, with what two Nodes had', async () => {
    const { mesh, add } = farmTabs(12);
    const [owner, other, third] = [add(1), add(1), add(1)];
    await mesh.meet();
    const { id } = submit(owner, 400);
    await mesh.runFor(5_000);
    const keeper = [other, third].find(({ farm }) => farm.view(id)?.role === 'standby');
    if (!keeper) throw new Error('nobody keeps the second copy');
    const copied = storeOf(keeper, id).results.size;
    expect(copied).toBeGreaterThan(80);
    mesh.kill(owner.node.id);
    await mesh.runUntil(() => phaseOf(other, id) === 'done' && phaseOf(third, id) === 'done', 30_000);
    const heir = [other, third].find(({ farm }) => farm.view(id)?.role === 'coordinator');
    if (!heir) throw new Error('nobody coordinates');
    const sums = storeOf(heir, id);
    expect([heir, sums.isRight]).toEqual([keeper, true]);
    expect(sums.merged + sums.accepted).toBe(400);
  });

  it('is worked on again within two seconds by a helper that stood still, however long', async () => {
    for (const [seed, frozenMs] of [1_000, 6_500, 8_000, 12_000, 30_000].entries()) {
      const { mesh, add } = farmTabs(60 + seed);
      const [owner, helper] = [add(1), add(2)];
      await mesh.meet();
      const { id, sums } = submit(owner, 3_000);
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
      void owner.farm.wish(id, { type: 'cancel' });
    }
  });

  it('gives way to the next Job when it has nothing left to grant', async () => {
    const { mesh, add } = farmTabs(13);
    const [owner, other] = [add(1), add(2)];
    const [first, second] = [submit(owner, 40), submit(other, 40, 8)];
    await mesh.runUntil(() => phaseOf(owner, first.id) === 'done' && phaseOf(other, second.id) === 'done');
    expect(first.sums.isRight && second.sums.isRight).toBe(true);
  });

  it('takes up work again when the worker count goes from zero to some', async () => {
    const { mesh, add } = farmTabs(14);
    const owner = add(0);
    const { id, sums } = submit(owner, 20);
    await mesh.runFor(3_000);
    expect(sums.accepted).toBe(0);
    owner.farm.setWorkers(2);
    await mesh.runUntil(() => phaseOf(owner, id) === 'done');
    expect(sums.isRight).toBe(true);
  });
});
