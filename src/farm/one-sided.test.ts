/** Departures that only one side sees: a helper that stood still, a coordinator that did, messages that are lost in between. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeMesh } from '../../sim/fake-mesh.testing.ts';
import { seededRandom, setLogSink } from '../runtime/index.ts';
import { Farm } from './farm.ts';
import { ASK_AGAIN_MS } from './lent-worker.ts';
import { type Behaviour, SumStore, sumKind, sumsRequest } from './sums.testing.ts';

beforeAll(() => setLogSink(() => {}));
afterAll(() => setLogSink(undefined));

function setUp(seed: number) {
  const mesh = new FakeMesh(seed);
  const random = seededRandom(seed + 1000);
  const stores: SumStore[] = [];
  const add = (workers: number, behaviour: Behaviour = {}) => {
    const { node, host, random: own } = mesh.add();
    const kind = sumKind(host, random, behaviour);
    const store: typeof kind.store = (job) => {
      const made = new SumStore(job);
      stores.push(made);
      return made;
    };
    const farm = new Farm({
      node,
      clock: host,
      timers: host,
      random: own,
      kinds: [{ ...kind, store }],
      wallClock: host,
    });
    farm.setWorkers(workers);
    return { node, farm };
  };
  return { mesh, add, stores };
}

/** Owner and helper at work on a long Job. Whoever coordinates by then: what counts is who does the work. */
async function atWork(seed: number, tasks = 100_000, behaviour: Behaviour = {}) {
  const { mesh, add, stores } = setUp(seed);
  const [owner, helper] = [add(1), add(2, behaviour)];
  await mesh.meet();
  const id = owner.farm.submit(sumsRequest(tasks));
  const sums = owner.farm.store(id);
  if (!(sums instanceof SumStore)) throw new Error('unreachable');
  const doneBy = ({ node }: { readonly node: { readonly id: string } }): number =>
    stores.reduce((sum, store) => sum + ([...store.doneBy].find(([one]) => one === node.id)?.[1] ?? 0), 0);
  const doneByHelper = (): number => doneBy(helper);
  await mesh.runFor(1_000);
  expect(doneByHelper()).toBeGreaterThan(0);
  const views = () => [owner, helper].map(({ farm }) => farm.view(id));
  return { mesh, add, owner, helper, id, sums, doneBy, doneByHelper, views };
}

describe('a helper whose departure only the coordinator saw', () => {
  it('renders again within two seconds of its return, however long it stood still', async () => {
    for (const [seed, frozenMs] of [500, 6_500, 8_000, 12_000, 30_000].entries()) {
      const { mesh, owner, helper, doneByHelper, views } = await atWork(seed);
      const [a, b] = [owner.node.id, helper.node.id];
      mesh.freeze(b);
      await mesh.runFor(Math.min(frozenMs, 6_000));
      mesh.sever(a, b);
      await mesh.runFor(frozenMs - Math.min(frozenMs, 6_000));
      const before = doneByHelper();
      mesh.thaw(b);
      await mesh.runFor(300);
      mesh.rejoin(a, b);
      await mesh.runFor(1_700);
      expect(doneByHelper() - before, `frozen for ${frozenMs} ms`).toBeGreaterThan(5);
      const later = doneByHelper();
      await mesh.runFor(2_000);
      expect(doneByHelper() - later).toBeGreaterThan(20);
      // It saw nothing, and took nothing over.
      expect(views().map((view) => view?.term)).toEqual(Array(2).fill({ number: 1, node: a }));
    }
  });

  it('renders again after its questions and the answers to them were lost without anyone noticing', async () => {
    for (const lost of ['pull', 'grant', 'beat']) {
      const { mesh, helper, doneByHelper } = await atWork(20);
      mesh.isLost = (to, message) => message === lost && (lost === 'pull' || to === helper.node.id);
      await mesh.runFor(5_000);
      mesh.isLost = undefined;
      await mesh.runFor(ASK_AGAIN_MS + 1_000);
      const before = doneByHelper();
      await mesh.runFor(1_000);
      expect(doneByHelper() - before, `without ${lost}`).toBeGreaterThan(5);
    }
  });

  it('holds no Task back that it was granted and never got', async () => {
    const { mesh, owner, helper, id, sums } = await atWork(21);
    mesh.isLost = (to, message) => message === 'grant' && to === helper.node.id;
    await mesh.runFor(2_000);
    const granted = owner.farm.view(id)?.active.find(({ node }) => node === helper.node.id);
    if (!granted) throw new Error('nothing was granted');
    expect(sums.results.has(granted.task)).toBe(false);
    mesh.isLost = undefined;
    await mesh.runFor(ASK_AGAIN_MS + 2_000); // a Lease lasts 20 s, and as long as its worker brings others
    expect(sums.results.has(granted.task)).toBe(true);
    expect(owner.farm.view(id)?.control.phase).toBe('running');
  });
});

describe('a coordinator whose departure only the helper saw', () => {
  it('has help again, or helps, within two seconds of being back, and both agree who it is', async () => {
    for (const awayMs of [1_000, 5_000, 15_000]) {
      const { mesh, owner, helper, doneBy, views } = await atWork(30);
      const [a, b] = [owner.node.id, helper.node.id];
      mesh.sever(b, a);
      await mesh.runFor(awayMs);
      const before = [doneBy(owner), doneBy(helper)] as const;
      mesh.rejoin(b, a);
      await mesh.runFor(2_000);
      expect(doneBy(owner) - before[0], `away for ${awayMs} ms`).toBeGreaterThan(5);
      expect(doneBy(helper) - before[1], `away for ${awayMs} ms`).toBeGreaterThan(5);
      await mesh.runFor(2_000);
      const [first, second] = views();
      expect(first?.term).toEqual(second?.term);
      expect([first?.isAttended, second?.isAttended]).toEqual([true, true]);
    }
  });

  it('takes back at once what the helper had', async () => {
    const { mesh, owner, helper, id } = await atWork(31);
    const hasLeases = (): boolean =>
      owner.farm.view(id)?.active.some(({ node }) => node === helper.node.id) ?? false;
    mesh.sever(helper.node.id, owner.node.id);
    await mesh.runFor(200);
    helper.farm.setWorkers(0);
    await mesh.runFor(1_000);
    expect(hasLeases()).toBe(true);
    mesh.rejoin(helper.node.id, owner.node.id);
    await mesh.runFor(300); // a Lease lasts 20 s
    expect(hasLeases()).toBe(false);
  });

  it('tells the helper that the Job is over when it ended in between', async () => {
    const { mesh, owner, helper, id, views } = await atWork(32, 120);
    mesh.sever(helper.node.id, owner.node.id);
    await mesh.runUntil(() => owner.farm.view(id)?.control.phase === 'done');
    mesh.rejoin(helper.node.id, owner.node.id);
    await mesh.runFor(2_500);
    expect(views().map((view) => view?.control.phase)).toEqual(['done', 'done']);
  });
});

describe('a helper that could not get the inputs while their holder was away', () => {
  it('tries again when it is in reach', async () => {
    const { mesh, add } = setUp(40);
    let isThere = false;
    const open = (): void => {
      if (!isThere) throw new Error('nobody has the scene');
    };
    const [owner, helper] = [add(1), add(1, { open })];
    await mesh.meet();
    const id = owner.farm.submit(sumsRequest(10_000));
    const sums = owner.farm.store(id);
    await mesh.runFor(8_000);
    isThere = true;
    mesh.sever(owner.node.id, helper.node.id);
    mesh.rejoin(owner.node.id, helper.node.id);
    await mesh.runFor(2_000);
    expect(sums instanceof SumStore && (sums.doneBy.get(helper.node.id) ?? 0)).toBeGreaterThan(5);
  });
});
