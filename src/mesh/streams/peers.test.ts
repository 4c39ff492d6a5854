/** What is kept for peers that are gone. */
import { describe, expect, it } from 'vitest';
import { type NodeId, newNodeId, parseFrameHeader } from '../../wire/index.ts';
import { MAX_STREAMS_AT_ONCE } from '../contract.ts';
import { MAX_PEERS } from './peers.ts';
import { reasons, type TestNode, texts } from './unicast-node.testing.ts';
import { pair, UnicastWorld } from './unicast-world.testing.ts';

/** Somebody comes, is sent something that it never acknowledges, and dies. */
function meetAndLose(world: UnicastWorld, node: TestNode): NodeId {
  const id = newNodeId(world.random);
  node.known.set(id, 1);
  const message = { kind: 'message', name: 'm', body: new Uint8Array(4) } as const;
  node.tell({
    type: 'send',
    token: world.newToken(),
    target: id,
    stream: 0 as never,
    message,
    timeoutMs: 1000,
  });
  world.run(world.nowMs + 1);
  node.tell({ type: 'peer-left', peer: id, reason: 'it does not answer' });
  return id;
}

describe('peers that died with something on its way to them', () => {
  it('are kept no longer than others, however many come and go', () => {
    const world = new UnicastWorld(1, 2);
    const [a, b] = pair(world);
    world.linkUp(a, b);
    a.send(b, '0', 4);
    for (let i = 0; i < 2 * MAX_PEERS; i++) meetAndLose(world, a);
    expect(a.unicast.sessionSnapshot().length).toBeLessThanOrEqual(MAX_PEERS);
    world.run(world.nowMs + 1000);
    a.send(b, '1', 4);
    world.run(world.nowMs + 1000);
    expect(b.delivered.map(({ text }) => text)).toEqual(['0', '1']);
  });
});

describe('a peer that uses ever new streams', () => {
  it.each([true, false])('is heard on each of them, and on the first again (direct: %s)', (isDirect) => {
    const world = new UnicastWorld(1, 2);
    const [a, b] = pair(world);
    if (isDirect) world.linkUp(a, b);
    const streams = Array.from({ length: 60 }, (_, i) => 2 + i);
    for (const [i, stream] of [...streams, 2].entries()) {
      a.send(b, String(i), 4, stream);
      world.run(world.nowMs + 10_000);
    }
    expect(texts(b)).toEqual(Array.from({ length: 61 }, (_, i) => i));
    expect(reasons(a)).toEqual(new Array(61).fill(undefined));
  });
});

describe('a peer that uses more streams at once than it may', () => {
  it.each([true, false])(
    'is told so for each send that is too many, and goes on later (direct: %s)',
    (isDirect) => {
      const world = new UnicastWorld(1, 2);
      const [a, b] = pair(world);
      if (isDirect) world.linkUp(a, b);
      const streams = Array.from({ length: MAX_STREAMS_AT_ONCE + 2 }, (_, i) => 2 + i);
      for (const stream of streams) {
        a.send(b, '1', 4, stream);
        a.send(b, '2', stream < 34 ? 100 : 200_000, stream);
      }
      world.run(2000);
      const said = [...a.settled].map(([token, failure]) => [a.sent.get(token)?.stream, failure?.reason]);
      const refused = said.filter(([, reason]) => reason !== undefined);
      expect(said.length).toBe(2 * streams.length);
      expect(refused).toEqual([34, 34, 35, 35].map((stream) => [stream, 'too-many-streams']));
      expect(b.delivered.length).toBe(2 * MAX_STREAMS_AT_ONCE);

      world.run(130_000);
      a.send(b, '3', 4, 34);
      world.run(140_000);
      expect(b.delivered.at(-1)).toMatchObject({ stream: 34, text: '3' });
    },
  );

  it('gets its answers all the same, and so does whoever asks it', () => {
    const world = new UnicastWorld(1, 2);
    const [a, b] = pair(world);
    world.linkUp(a, b);
    const answer: TestNode['serve'] = (node, { from, stream, id }) =>
      node.tell({ type: 'answer', to: from, stream, requestId: id, answer: { body: Uint8Array.of(1) } });
    a.serve = answer;
    b.serve = answer;
    for (let i = 0; i < MAX_STREAMS_AT_ONCE; i++)
      for (const [x, y] of [
        [a, b],
        [b, a],
      ] as const)
        x.send(y, '1', 4, 2 + i);
    world.run(1000);
    const asked = [a.request(b, undefined, 2), b.request(a, undefined, 2)] as const;
    const refused = a.request(b, undefined, 2 + MAX_STREAMS_AT_ONCE);
    world.run(2000);
    expect([a.answers.has(asked[0]), b.answers.has(asked[1])]).toEqual([true, true]);
    expect(a.settled.get(refused)).toEqual({ reason: 'too-many-streams' });
  });
});

describe('a peer that its receiver has forgotten', () => {
  it.each(
    [1, 3, 9, 12].flatMap((count) => [
      [count, true],
      [count, false],
    ]) as [number, boolean][],
  )('after %i messages loses nothing of what it sends next (direct: %s)', (count, isDirect) => {
    const world = new UnicastWorld(1, 2);
    const [a, b] = pair(world);
    if (isDirect) world.linkUp(a, b);
    for (let i = 0; i < count; i++) {
      a.send(b, String(i), 4);
      world.run(world.nowMs + 100);
    }
    for (let i = 0; i < 2 * MAX_PEERS; i++) meetAndLose(world, b);
    a.send(b, '100', 4);
    world.run(world.nowMs + 2000);
    a.send(b, '101', 4);
    world.run(world.nowMs + 2000);
    expect(texts(b)).toEqual([...Array.from({ length: count }, (_, i) => i), 100, 101]);
    expect(reasons(a)).toEqual(new Array(count + 2).fill(undefined));
  });

  it('in the midst of its first large message, after two minutes, is heard again', () => {
    const world = new UnicastWorld(1, 2);
    const [a, b] = pair(world);
    world.linkUp(a, b);
    world.isLossy = true;
    a.send(b, '0', 4);
    world.run(1000);
    let packets = 0;
    world.filter = (frame, from) => from === a.id && frame.length > 1000 && ++packets <= 3;
    a.send(b, '1', 1_000_000);
    world.run(200_000);
    expect(reasons(a)).toEqual([undefined, 'timed-out']);
    expect(b.budget.total).toBe(0);
    world.filter = () => true;
    a.send(b, '2', 4); // which tells it: whether what is before arrived it cannot know
    world.run(240_000);
    a.send(b, '3', 4);
    world.run(250_000);
    expect(texts(b).at(-1)).toBe(3);
    expect(a.settled.size).toBe(4);
  });
});

it('a stream that made room for others takes nothing twice, though a relay has kept its first packets', () => {
  const world = new UnicastWorld(1, 3);
  const [a, b, relay] = world.nodes as [TestNode, TestNode, TestNode];
  const frames: Uint8Array[] = [];
  world.filter = (frame, from) => from !== a.id || frames.push(frame.slice()) > 0;
  for (let i = 0; i < MAX_STREAMS_AT_ONCE; i++) a.send(b, '0', 0, 2 + i);
  world.run(130_000);
  world.filter = () => true;
  for (let i = 0; i < MAX_STREAMS_AT_ONCE; i++) a.send(b, '0', 0, 102 + i);
  world.run(260_000);
  for (const frame of frames) {
    const header = parseFrameHeader(frame);
    if (typeof header !== 'string') b.tell({ type: 'frame', via: relay.id, header, frame });
  }
  for (let i = 0; i < MAX_STREAMS_AT_ONCE; i++) a.send(b, '1', 0, 2 + i);
  world.run(270_000);
  expect(b.delivered.length).toBe(3 * MAX_STREAMS_AT_ONCE);
});

it('many that nobody has met do not make one that is here be forgotten: nothing of it is taken twice', () => {
  const world = new UnicastWorld(1, 3);
  const [a, b, stranger] = world.nodes as [TestNode, TestNode, TestNode];
  const frames: Uint8Array[] = [];
  world.filter = (frame, from) => from !== a.id || frames.push(frame.slice()) > 0;
  a.send(b, '0');
  a.send(b, '1');
  world.run(1000);
  for (let i = 0; i < MAX_PEERS + 100; i++) {
    const id = newNodeId(world.random);
    Object.assign(stranger, { id });
    stranger.restart();
    stranger.known.set(b.id, b.life);
    b.known.set(id, stranger.life);
    stranger.send(b, '0');
    world.run(world.nowMs + 10);
  }
  for (const frame of frames) {
    const header = parseFrameHeader(frame);
    if (typeof header !== 'string') b.tell({ type: 'frame', via: stranger.id, header, frame });
  }
  world.run(world.nowMs + 1000);
  expect(b.delivered.filter(({ from }) => from === a.id).map(({ text }) => text)).toEqual(['0', '1']);
});

describe('a peer that is gone and comes back in the same life', () => {
  const leave = (node: TestNode, { id: peer }: TestNode) =>
    node.tell({ type: 'peer-left', peer, reason: 'it was away' });

  it('leaves nothing but where its streams stood, and they go on from there', () => {
    const world = new UnicastWorld(1, 2);
    const [a, b] = pair(world);
    const isKept = () =>
      [a, b].map(({ unicast }) => [unicast.snapshot().length, unicast.sessionSnapshot().length]);
    let text = 0;
    // More streams than a peer has at a time, more packets than a window, and once only one of them notices.
    for (const [round, leavers] of [[a, b], [a], [b], [a, b]].entries()) {
      world.linkUp(a, b);
      for (let i = 0; i < 25; i++) {
        for (const stream of [0, 2 + 2 * (round % 2)]) {
          a.send(b, String(++text), 4, stream);
          b.send(a, String(text), 4, stream);
          world.run(world.nowMs + 50);
        }
      }
      expect(
        isKept()
          .flat()
          .every((kept) => kept > 0),
      ).toBe(true);
      world.linkDown(a, b);
      for (const node of leavers) leave(node, node === a ? b : a);
      if (leavers.length === 2)
        expect(isKept()).toEqual([
          [0, 0],
          [0, 0],
        ]);
    }
    expect(reasons(a).concat(reasons(b))).toEqual(new Array(400).fill(undefined));
    expect(a.delivered.length + b.delivered.length).toBe(400);
    for (const { drops } of [a, b]) expect([...drops]).toEqual([]);
  });

  it('delivers nothing twice that was on its way all the time', () => {
    const world = new UnicastWorld(1, 2);
    const [a, b] = pair(world);
    const frames: Uint8Array[] = [];
    world.filter = (frame, from) => from !== a.id || frames.push(frame.slice()) > 0;
    for (let i = 0; i < 3; i++) {
      a.send(b, String(i), 4);
      world.run(world.nowMs + 100);
    }
    leave(b, a);
    expect(b.unicast.snapshot()).toEqual([]);
    for (const frame of frames) {
      const header = parseFrameHeader(frame);
      if (typeof header !== 'string') b.tell({ type: 'frame', via: newNodeId(world.random), header, frame });
    }
    expect(texts(b)).toEqual([0, 1, 2]);
    expect(b.drops.get('duplicate packet')).toBe(3);
  });
});
