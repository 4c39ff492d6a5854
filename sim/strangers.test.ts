/** Who does not belong stays out, and who misbehaves inside does no lasting harm. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Random, seededRandom, setLogSink, sha256Sync } from '../src/runtime/index.ts';
import type { Channel } from '../src/transport/index.ts';
import {
  encodeControl,
  encodeFrame,
  FrameFlag,
  FrameType,
  frameRule,
  type NodeId,
  newNodeId,
  SEAL_BYTES,
} from '../src/wire/index.ts';
import { World } from './world.ts';

beforeAll(() => setLogSink(() => undefined));
afterAll(() => setLogSink(undefined));

describe('a stranger', () => {
  it('with another key is refused, with a reason on both sides, and learns nothing', async () => {
    const world = new World(1);
    await world.joinMany(2);
    await world.converge(2000);
    const refusals: string[] = [];
    const stranger = world.join({ key: sha256Sync(new TextEncoder().encode('a guess')) });
    for (const { index, node } of world.inhabitants) {
      node.events.on('refused', ({ reason, message }) => {
        refusals.push(`${index} ${reason}`);
        expect(message).toMatch(/invite link/);
      });
    }
    await world.scheduler.runFor(20_000);
    expect(new Set(refusals)).toEqual(new Set(['0 wrong-key', '1 wrong-key', '2 wrong-key']));
    // It does not hammer at the door.
    expect(refusals.length).toBeLessThan(10);
    expect(stranger.node.members()).toHaveLength(1);
    expect(world.at(0).node.members()).toHaveLength(2);
    expect(world.at(1).node.members()).toHaveLength(2);
    expect(stranger.node.inspection.snapshot().links).toEqual([]);
  });

  it('that never shakes hands, or sends noise instead, gets no Link and costs nothing', async () => {
    const world = new World(2);
    await world.joinMany(2);
    await world.converge(2000);
    const victim = world.at(0);
    const noise = seededRandom(5);
    const stranger = world.network.addPeer(newNodeId(noise), 'quiet-amber-leaf');
    let closed = 0;
    stranger.transport.events.on('channel', (channel) => {
      channel.events.on('closed', () => closed++);
      const isSilent = noise.uint32() % 2 === 0;
      for (let i = 0; i < (isSilent ? 0 : 50); i++) channel.send(noise.bytes(noise.uint32() % 300));
    });
    stranger.transport.start();
    for (let i = 0; i < 20; i++) {
      stranger.transport.connect(victim.peer.id, 'rendezvous');
      await world.scheduler.runFor(3000);
    }
    expect(closed).toBeGreaterThan(5);
    expect(victim.node.inspection.snapshot().links).toHaveLength(1);
    expect(victim.node.members()).toHaveLength(2);
    expect(await world.askEveryone(1000)).toEqual([]);
  });
});

describe('a hostile neighbour that holds the key', () => {
  /** Everything with a right header and a wrong inside, under its own name and under others'. */
  function forgery(random: Random, self: NodeId, victim: NodeId): Uint8Array {
    const types = Object.values(FrameType);
    const anyType = types[random.uint32() % types.length] ?? FrameType.msg;
    const type = random.uint32() % 2 === 0 ? FrameType.msg : anyType;
    const source = random.uint32() % 3 === 0 ? self : newNodeId(random);
    const hasTarget = frameRule(type).scope === 'routed';
    const any =
      random.uint32() % 2 === 0 ? random.bytes(random.uint32() % 200) : encodeControl(plausible(random));
    const body = any.subarray(0, frameRule(type).maxBodyBytes);
    return encodeFrame(
      {
        type,
        source,
        target: hasTarget ? (random.uint32() % 4 === 0 ? newNodeId(random) : victim) : undefined,
        index: type === FrameType.msg && random.uint32() % 3 === 0 ? -1 : random.uint32() % 10_000,
        stream: (random.uint32() % 70_000) & 0xffff,
        session: random.uint32(),
        flags: hasTarget && body.length >= SEAL_BYTES && random.uint32() % 2 === 0 ? FrameFlag.sealed : 0,
        hopLimit: 1 + (random.uint32() % 64),
      },
      body,
    );
  }

  function plausible(random: Random) {
    return {
      records: [random.bytes(142 + 17 * (random.uint32() % 4))],
      stamps: random.bytes(28 * (random.uint32() % 4)),
      digest: random.uint32(),
      reason: 'no',
    };
  }

  it('cannot crash a Node, nor make it keep more than its bounds, nor cut the honest ones apart', async () => {
    const world = new World(3);
    await world.joinMany(4);
    await world.converge(3000);
    const hostile = world.at(3);
    const victim = world.at(0);
    const random = seededRandom(9);
    const taken: { channel?: Channel | undefined } = {};
    hostile.peer.transport.events.on('channel', (opened) => {
      if (opened.peer === victim.peer.id) taken.channel = opened;
    });
    const channel = () => taken.channel;
    let sent = 0;
    for (let round = 0; round < 60; round++) {
      victim.node.inspection.faults.dropLink(hostile.peer.id); // so that a channel passes through our hands
      taken.channel = undefined;
      await world.scheduler.runUntil(() => channel() !== undefined, 20_000);
      await world.scheduler.runFor(50);
      for (let i = 0; i < 60; i++) {
        const frame = forgery(random, hostile.peer.id, victim.peer.id);
        // Some are damaged on top: lengths, versions, bundles.
        if (random.uint32() % 4 === 0) frame[random.uint32() % frame.length] = random.uint32();
        channel()?.send(frame);
        channel()?.sendDatagram(random.bytes(random.uint32() % 40));
        sent++;
      }
      await world.scheduler.runFor(200);
    }
    expect(sent).toBe(3600);
    const { members, streams, links } = victim.node.inspection.snapshot();
    expect(members.length).toBeLessThanOrEqual(4);
    // 64 strangers at most, and the few streams of each; the forgeries came from hundreds.
    expect(streams.length).toBeLessThan(64 + 3 * 32);
    expect(links.length).toBeLessThanOrEqual(12);
    world.kill(3);
    await world.scheduler.runFor(60_000);
    expect(world.disagreement()).toBeUndefined();
    expect(await world.askEveryone(1000)).toEqual([]);
  });

  it('is let go when it keeps sending what is no frame', async () => {
    const world = new World(4);
    await world.joinMany(2);
    await world.converge(2000);
    const [victim, hostile] = [world.at(0), world.at(1)];
    const noise = seededRandom(1);
    const taken: { channel?: Channel } = {};
    hostile.peer.transport.events.on('channel', (opened) => {
      taken.channel = opened;
    });
    victim.node.inspection.faults.dropLink(hostile.peer.id);
    await world.scheduler.runUntil(() => victim.node.inspection.snapshot().links.length === 1, 20_000);
    for (let i = 0; i < 10; i++) taken.channel?.send(noise.bytes(100));
    await world.scheduler.runFor(50);
    expect(victim.node.inspection.snapshot().links[0]?.malformed).toBe(10); // a few may be a misunderstanding
    for (let i = 0; i < 10; i++) taken.channel?.send(noise.bytes(100));
    await world.scheduler.runFor(50);
    expect(victim.node.inspection.snapshot().links).toEqual([]);
  });
});
