/** Departures that only one side sees: a helper that stood still, an owner that did, messages that are lost in between. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeMesh } from '../../sim/fake-mesh.testing.ts';
import { seededRandom, setLogSink } from '../runtime/index.ts';
import type { JobStatus } from './contract.ts';
import { Farm } from './farm.ts';
import { ASK_AGAIN_MS } from './lent-worker.ts';
import { type Behaviour, kindOf, Sums } from './sums.testing.ts';

beforeAll(() => setLogSink(() => {}));
afterAll(() => setLogSink(undefined));

function setUp(seed: number) {
  const mesh = new FakeMesh(seed);
  const random = seededRandom(seed + 1000);
  const add = (workers: number, behaviour: Behaviour = {}) => {
    const { node, host } = mesh.add();
    const kinds = [kindOf(host, random, behaviour)];
    const farm = new Farm({ node, clock: host, timers: host, random, kinds });
    farm.setWorkers(workers);
    const ends: { status: JobStatus; isOrphaned: boolean }[] = [];
    const offers: string[] = [];
    farm.events.on('ended', (end) => ends.push(end));
    farm.events.on('offered', ({ status }) => offers.push(status.phase));
    return { node, farm, ends, offers };
  };
  return { mesh, add };
}

/** Owner and helper at work on a long Job. */
async function atWork(seed: number, tasks = 100_000, behaviour: Behaviour = {}) {
  const { mesh, add } = setUp(seed);
  const [owner, helper] = [add(1), add(2, behaviour)];
  await mesh.meet();
  const sums = new Sums(tasks);
  const job = owner.farm.submit(sums);
  const doneByHelper = (): number => sums.doneBy.get(helper.node.id) ?? 0;
  await mesh.runFor(1_000);
  expect(doneByHelper()).toBeGreaterThan(0);
  return { mesh, add, owner, helper, sums, job, doneByHelper };
}

describe('a helper whose departure only the owner saw', () => {
  it('renders again within two seconds of its return, however long it stood still', async () => {
    for (const [seed, frozenMs] of [500, 6_500, 8_000, 12_000, 30_000].entries()) {
      const { mesh, owner, helper, doneByHelper } = await atWork(seed);
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
      expect(helper.offers).toEqual(['running']); // it saw nothing
    }
  });

  it('renders again after its questions and the answers to them were lost without anyone noticing', async () => {
    for (const lost of ['pull', 'grant', 'job']) {
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
    const { mesh, owner, helper, job, sums } = await atWork(21);
    mesh.isLost = (to, message) => message === 'grant' && to === helper.node.id;
    await mesh.runFor(2_000);
    const granted = job.active().find(({ node }) => node === helper.node.id);
    if (!granted) throw new Error('nothing was granted');
    expect(sums.results.has(granted.task)).toBe(false);
    mesh.isLost = undefined;
    await mesh.runFor(ASK_AGAIN_MS + 2_000); // a Lease lasts 20 s, and as long as its worker brings others
    expect(sums.results.has(granted.task)).toBe(true);
    expect(owner.ends).toEqual([]);
  });
});

describe('an owner whose departure only the helper saw', () => {
  it('is asked for its Job again, and gets help within two seconds', async () => {
    const { mesh, owner, helper, doneByHelper } = await atWork(30);
    const [a, b] = [owner.node.id, helper.node.id];
    mesh.sever(b, a);
    await mesh.runFor(5_000);
    expect(helper.ends).toMatchObject([{ isOrphaned: true }]);
    const before = doneByHelper();
    mesh.rejoin(b, a);
    await mesh.runFor(2_000);
    expect(doneByHelper() - before).toBeGreaterThan(5);
    expect(helper.offers).toEqual(['running', 'running']);
  });

  it('takes back at once what the helper had', async () => {
    const { mesh, owner, helper, job } = await atWork(31);
    const hasLeases = (): boolean => job.active().some(({ node }) => node === helper.node.id);
    mesh.sever(helper.node.id, owner.node.id);
    await mesh.runFor(200);
    helper.farm.setWorkers(0);
    await mesh.runFor(1_000);
    expect(hasLeases()).toBe(true);
    mesh.rejoin(helper.node.id, owner.node.id);
    await mesh.runFor(100); // a Lease lasts 20 s
    expect(hasLeases()).toBe(false);
  });

  it('tells the helper that the Job is over when it ended in between', async () => {
    const { mesh, owner, helper, job } = await atWork(32, 120);
    mesh.sever(helper.node.id, owner.node.id);
    await mesh.runUntil(() => job.status.phase === 'done');
    mesh.rejoin(helper.node.id, owner.node.id);
    await mesh.runFor(1_000);
    expect(helper.offers).toEqual(['running', 'done']);
  });

  it('is asked again when the question does not arrive', async () => {
    const { mesh, owner, helper } = await atWork(33);
    const [a, b] = [owner.node.id, helper.node.id];
    mesh.sever(b, a);
    await mesh.runFor(1_000);
    mesh.rejoin(b, a);
    mesh.sever(b, a); // the question dies with it
    await mesh.runFor(100);
    mesh.rejoin(b, a);
    await mesh.runFor(2_500);
    expect(helper.offers).toEqual(['running', 'running']);
  });
});

describe('a helper that could not get the inputs while the owner was away', () => {
  it('tries again when the owner is in reach', async () => {
    const { mesh, add } = setUp(40);
    let isThere = false;
    const open = (): void => {
      if (!isThere) throw new Error('nobody has the scene');
    };
    const [owner, helper] = [add(1), add(1, { open })];
    await mesh.meet();
    const sums = new Sums(100_000);
    owner.farm.submit(sums);
    await mesh.runFor(8_000);
    isThere = true;
    mesh.sever(owner.node.id, helper.node.id);
    mesh.rejoin(owner.node.id, helper.node.id);
    await mesh.runFor(2_000);
    expect(sums.doneBy.get(helper.node.id) ?? 0).toBeGreaterThan(5);
  });
});
