import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { type NodeId, newNodeId } from '../../wire/index.ts';
import type { Channel } from '../contract.ts';
import { HIGH_WATER_BYTES, LOW_WATER_BYTES } from '../contract.ts';
import { type NetworkConditions, SimulatedNetwork, type SimulatedPeer } from './index.ts';

function world(conditions: Partial<NetworkConditions> = {}, seed = 1) {
  const network = new SimulatedNetwork(seed, conditions);
  const ids = seededRandom(99);
  const peers = Array.from({ length: 3 }, () => network.addPeer(newNodeId(ids)));
  return { network, peers: peers as [SimulatedPeer, SimulatedPeer, SimulatedPeer] };
}

async function connected(conditions: Partial<NetworkConditions> = {}, seed = 1) {
  const { network, peers } = world(conditions, seed);
  const [a, b] = peers;
  const ends: Partial<Record<NodeId, Channel>> = {};
  for (const peer of [a, b]) peer.transport.events.on('channel', (channel) => (ends[peer.id] = channel));
  for (const peer of peers) peer.transport.start();
  await network.scheduler.runFor(100);
  a.transport.connect(b.id, 'rendezvous');
  await network.scheduler.runFor(200);
  const [atA, atB] = [ends[a.id], ends[b.id]];
  if (!atA || !atB) throw new Error('not connected');
  return { network, a, b, atA, atB };
}

const bytes = (value: number, length = 1) => new Uint8Array(length).fill(value);

describe('the simulated network', () => {
  it('tells everyone in a network who is registered, and who is gone', async () => {
    const { network, peers } = world();
    const [a, b, c] = peers;
    const seen: (readonly NodeId[])[] = [];
    const gone: NodeId[] = [];
    a.transport.events.on('candidates', (ids) => seen.push(ids));
    a.transport.events.on('candidateGone', (id) => gone.push(id));
    for (const peer of peers) peer.transport.start();
    await network.scheduler.runFor(100);
    expect(new Set(seen.at(-1))).toEqual(new Set([b.id, c.id]));
    b.transport.close();
    await network.scheduler.runFor(100);
    expect(seen.at(-1)).toEqual([c.id]);
    expect(gone).toEqual([]);
    network.kill(c.id);
    await network.scheduler.runFor(100);
    expect(gone).toEqual([c.id]);
    expect(seen.at(-1)).toEqual([]);
  });

  it('opens one channel with one end at each, that know each other by the same fingerprints', async () => {
    const { atA, atB, a, b } = await connected();
    expect([atA.peer, atB.peer]).toEqual([b.id, a.id]);
    expect([atA.isInitiator, atB.isInitiator]).toEqual([true, false]);
    expect(atA.fingerprints.local).toEqual(atB.fingerprints.remote);
    expect(atA.fingerprints.remote).toEqual(atB.fingerprints.local);
  });

  it('delivers frames in order, whatever the jitter, as copies', async () => {
    const { network, atA, atB } = await connected({ latencyMs: [5, 50] });
    const got: number[] = [];
    atB.events.on('frame', (frame) => got.push(frame[0] ?? -1));
    const frame = bytes(0);
    for (let i = 0; i < 50; i++) {
      frame[0] = i;
      atA.send(frame);
    }
    await network.scheduler.runFor(500);
    expect(got).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  it('drops, duplicates and reorders when told to', async () => {
    const { network, atA, atB } = await connected();
    network.conditions = { ...network.conditions, frames: { drop: 0.2, duplicate: 0.2, reorder: 0.2 } };
    const got: number[] = [];
    atB.events.on('frame', (frame) => got.push(frame[0] ?? -1));
    for (let i = 0; i < 200; i++) {
      atA.send(bytes(i));
      await network.scheduler.runFor(1);
    }
    await network.scheduler.runFor(500);
    expect(new Set(got).size).toBeLessThan(190);
    expect(got.length).toBeGreaterThan(new Set(got).size);
    expect(got).not.toEqual([...got].sort((x, y) => x - y));
    expect(atA.bufferedBytes).toBe(0);
  });

  it('says when its buffer has drained', async () => {
    const { network, atA } = await connected({ bytesPerSecond: 1_000_000 });
    let drained = 0;
    atA.events.on('drained', () => drained++);
    for (let i = 0; i < 8; i++) atA.send(bytes(1, HIGH_WATER_BYTES / 8));
    expect(atA.bufferedBytes).toBe(HIGH_WATER_BYTES);
    await network.scheduler.runUntil(() => drained > 0, 1000);
    expect(atA.bufferedBytes).toBeLessThanOrEqual(LOW_WATER_BYTES);
    expect(drained).toBe(1);
  });

  it('holds frames back across a partition and hands them over when it heals', async () => {
    const { network, atA, atB, a } = await connected();
    const got: number[] = [];
    atB.events.on('frame', (frame) => got.push(frame[0] ?? -1));
    network.partition((id) => (id === a.id ? 0 : 1));
    atA.send(bytes(1));
    atA.send(bytes(2));
    await network.scheduler.runFor(1000);
    expect(got).toEqual([]);
    network.heal();
    await network.scheduler.runFor(100);
    expect(got).toEqual([1, 2]);
  });

  it('closes at both ends, after what was sent before; a killed one closes nowhere', async () => {
    const first = await connected();
    const log: string[] = [];
    first.atB.events.on('frame', () => log.push('frame'));
    first.atB.events.on('closed', () => log.push('closed'));
    first.atA.send(bytes(1));
    first.atA.close();
    await first.network.scheduler.runFor(100);
    expect(log).toEqual(['frame', 'closed']);

    const second = await connected();
    let closed = 0;
    second.atB.events.on('closed', () => closed++);
    second.network.kill(second.a.id);
    await second.network.scheduler.runFor(60_000);
    expect(closed).toBe(0);
  });

  it('reports a connect that leads nowhere', async () => {
    const { network, peers } = world();
    const [a, b] = peers;
    const failed: NodeId[] = [];
    a.transport.events.on('connectFailed', ({ peer }) => failed.push(peer));
    a.transport.start();
    await network.scheduler.runFor(100);
    a.transport.connect(b.id, 'rendezvous');
    await network.scheduler.runFor(10_000);
    expect(failed).toEqual([b.id]);
  });

  it('keeps from a frozen host what happens, and hands it over in order when it thaws', async () => {
    const { network, atA, atB, b } = await connected();
    const log: string[] = [];
    atB.events.on('frame', (frame) => log.push(`frame ${frame[0]}`));
    b.host.after(10, () => log.push('timer'));
    b.host.freeze();
    atA.send(bytes(1));
    atA.send(bytes(2));
    await network.scheduler.runFor(5000);
    expect(log).toEqual([]);
    b.host.thaw();
    await network.scheduler.runFor(10);
    expect([...log].sort()).toEqual(['frame 1', 'frame 2', 'timer']);
    expect(log.indexOf('frame 1')).toBeLessThan(log.indexOf('frame 2'));
  });

  it('fires the timers of a hidden host on whole seconds', async () => {
    const { network, peers } = world();
    const [a] = peers;
    const at: number[] = [];
    a.host.setHidden(true);
    a.host.after(30, () => at.push(a.host.now()));
    a.host.after(1200, () => at.push(a.host.now()));
    await network.scheduler.runFor(5000);
    expect(at).toEqual([1000, 2000]);
  });

  it('replays: the same seed gives the same run, another seed another', async () => {
    const run = async (seed: number) => {
      const { network, atA, atB } = await connected({ datagramLoss: 0.5 }, seed);
      const log: string[] = [];
      atB.events.on('datagram', (bytes) => log.push(`${bytes[0]} at ${network.scheduler.now()}`));
      for (let i = 0; i < 50; i++) atA.sendDatagram(bytes(i));
      await network.scheduler.runFor(100);
      return log.join();
    };
    expect(await run(5)).toBe(await run(5));
    expect(await run(5)).not.toBe(await run(6));
  });
});

describe('virtual time', () => {
  it('runs events by time, then by the order of scheduling, and settles promises in between', async () => {
    const { scheduler } = new SimulatedNetwork(1);
    const log: string[] = [];
    scheduler.after(5, () => log.push('late'));
    scheduler.after(1, () => {
      log.push('first');
      void Promise.resolve()
        .then(() => undefined)
        .then(() => log.push('its promise'));
    });
    scheduler.after(1, () => log.push('second'));
    const cancel = scheduler.after(2, () => log.push('never'));
    cancel();
    await scheduler.runFor(10);
    expect(log).toEqual(['first', 'its promise', 'second', 'late']);
    expect(scheduler.now()).toBe(10);
  });
});
