/** The faults that were found in what came before, each as it was found. */
import { describe, expect, it } from 'vitest';
import { newNodeId, parseFrameHeader } from '../../wire/index.ts';
import { MAX_MESSAGE_BYTES } from '../contract.ts';
import type { StreamId } from '../vocabulary.ts';
import { reasons, type TestNode, texts } from './unicast-node.testing.ts';
import { CALM, pair, ROUGH, UnicastWorld } from './unicast-world.testing.ts';

const FREEZES_MS = [100, 600, 2000, 5400, 5800, 6500, 12_000, 30_000, 60_000];

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('acknowledged messages', () => {
  it('are the application’s though their sender closes the moment they resolve', () => {
    const world = new UnicastWorld(1);
    const [a, b] = pair(world);
    world.linkUp(a, b);
    b.isTaking = false;
    for (let i = 0; i < 20; i++) a.send(b, String(i));
    world.run(50);
    expect(reasons(a)).toEqual(new Array(20).fill(undefined));
    a.tell({ type: 'close' });
    world.linkDown(a, b);
    b.tell({ type: 'peer-left', peer: a.id, reason: 'goodbye' });
    b.take();
    expect(b.untaken).toEqual([]);
    expect(texts(b)).toEqual(upTo(20));
    expect(b.budget.total).toBe(0);
  });

  it.each(FREEZES_MS)(
    'are delivered once though relays freeze for %i ms between delivery and acknowledgement',
    (ms) => {
      const world = new UnicastWorld(2);
      const [a, b] = pair(world);
      a.send(b, '0');
      world.run(6);
      expect(texts(b)).toEqual([0]);
      world.areRelaysFrozen = true;
      world.run(3000);
      a.tell({ type: 'peer-left', peer: b.id, reason: 'silent' });
      a.send(b, '1');
      world.run(3000 + ms);
      world.thawRelays();
      world.run(ms + 20_000);
      a.send(b, '2');
      world.run(ms + 40_000);
      expect(texts(b)).toEqual([0, 1, 2]);
    },
  );
});

describe('a session that its sender forgot for want of room', () => {
  it.each([
    [1, true],
    [3, true],
    [1, false],
    [9, false],
  ])('after %i messages loses nothing of what is sent next, direct %s', (before, isDirect) => {
    const world = new UnicastWorld(1);
    const [a, b] = pair(world);
    if (isDirect) world.linkUp(a, b);
    for (let i = 0; i < before; i++) {
      a.send(b, String(i));
      world.run(world.nowMs + 100);
    }
    for (let i = 0; i < 2100; i++) {
      const id = newNodeId(world.random);
      a.known.set(id, 1);
      const token = a.send({ id, life: 1 } as TestNode, 'to a ghost');
      a.tell({ type: 'cancel', token });
    }
    for (let i = before; i < 2 * before + 3; i++) a.send(b, String(i));
    world.run(world.nowMs + 2000);
    expect(texts(b)).toEqual(upTo(2 * before + 3));
    expect(new Set(reasons(a))).toEqual(new Set([undefined, 'cancelled']));
  });
});

describe('a one-sided departure', () => {
  it.each(FREEZES_MS)('after a freeze of %i ms leaves both in step', (ms) => {
    for (const isDirect of [true, false]) {
      const world = new UnicastWorld(ms, 2, isDirect ? CALM : ROUGH);
      const [a, b] = pair(world);
      if (isDirect) world.linkUp(a, b);
      for (let i = 0; i < 8; i++) {
        a.send(b, String(i), 90_000);
        b.send(a, String(i), 90_000);
      }
      world.run(5);
      b.isFrozen = true;
      for (let i = 8; i < 12; i++) a.send(b, String(i), 90_000);
      world.run(5 + ms / 2);
      a.tell({ type: 'peer-left', peer: b.id, reason: 'silent' });
      if (isDirect) world.linkDown(a, b);
      world.run(5 + ms);
      b.thaw();
      if (isDirect) world.linkUp(a, b);
      a.tell({ type: 'graph-changed' });
      world.run(10 + ms);
      for (let i = 12; i < 16; i++) {
        a.send(b, String(i));
        b.send(a, String(i));
      }
      world.run(ms + 90_000);
      expect(texts(b).slice(-4)).toEqual([12, 13, 14, 15]); // order and once: the world checks
      expect(texts(a)).toEqual([...upTo(8), 12, 13, 14, 15]);
      expect(a.settled.size).toBe(16);
      expect(reasons(b)).toEqual(new Array(12).fill(undefined));
      expect(a.budget.total + b.budget.total).toBe(0);
    }
  });
});

describe('a restart under the same key', () => {
  it.each(upTo(12))('leaves nobody deaf, and nothing old is taken for new (seed %i)', (seed) => {
    const world = new UnicastWorld(seed, 2, ROUGH);
    const [a, b] = pair(world);
    if (seed % 2 === 0) world.linkUp(a, b);
    for (let i = 0; i < 6; i++) {
      a.send(b, String(i), 100_000);
      b.send(a, String(i), 100_000);
    }
    world.run(20 + seed * 7);
    world.restart(b);
    world.run(world.nowMs + seed * 10);
    world.introduce(a, b);
    if (seed % 3 === 0) world.linkUp(a, b);
    for (let i = 6; i < 12; i++) {
      a.send(b, String(i));
      b.send(a, String(i));
    }
    world.run(world.nowMs + 30_000);
    expect(texts(b).slice(-6)).toEqual([6, 7, 8, 9, 10, 11]);
    expect(texts(a).slice(-6)).toEqual([6, 7, 8, 9, 10, 11]);
    expect(a.settled.size).toBe(12);
  });
});

describe('every send settles', () => {
  it('behind a handler that never returns', () => {
    const world = new UnicastWorld(1);
    const [a, b] = pair(world);
    world.linkUp(a, b);
    b.isTaking = false;
    for (let i = 0; i < 100; i++) a.send(b, String(i), 100_000);
    world.run(200_000);
    expect(a.settled.size).toBe(100);
    expect(reasons(a).filter((reason) => reason === 'timed-out').length).toBeGreaterThan(50);
    b.isTaking = true;
    b.take();
    world.run(250_000);
    a.send(b, '1000');
    world.run(260_000);
    expect(texts(b).at(-1)).toBe(1000);
  });

  it('without a path, to a stranger, when it is too large, cancelled, or we close', () => {
    const world = new UnicastWorld(1, 3);
    const [a, b] = pair(world);
    const stranger = world.nodes[2] as TestNode;
    a.known.delete(stranger.id);
    a.send(stranger, '0');
    a.send(b, '0', MAX_MESSAGE_BYTES + 1);
    world.setRelaying(false);
    a.send(b, '1', 0, 0, 3000);
    const token = a.send(b, '2');
    a.tell({ type: 'cancel', token });
    world.run(10_000);
    a.send(b, '3');
    a.tell({ type: 'close' });
    expect(reasons(a)).toEqual(['unreachable', 'too-large', 'cancelled', 'timed-out', 'closed']);
    expect(a.unicast.nextWakeAt).toBe(Number.POSITIVE_INFINITY);
  });

  it('though this Node slept: the silence of that time is not the target’s', () => {
    const world = new UnicastWorld(1);
    const [a, b] = pair(world);
    a.send(b, '0', 0, 0, 5000);
    a.isFrozen = true;
    world.run(100_000);
    a.thaw();
    world.run(101_000);
    expect(reasons(a)).toEqual([undefined]);
    expect(texts(b)).toEqual([0]);
  });
});

describe('requests', () => {
  const echo = (node: TestNode, { from, stream, id, body }: TestNode['requests'][number]) =>
    node.tell({ type: 'answer', to: from, stream, requestId: id, answer: { body } });

  it('are answered, though the stream they came on is held', () => {
    const world = new UnicastWorld(1);
    const [a, b] = pair(world);
    world.linkUp(a, b);
    a.serve = echo;
    b.serve = echo;
    b.isTaking = false; // b's handler is at work on what a sent, and asks a back
    for (let i = 0; i < 20; i++) a.send(b, String(i), 60_000);
    world.run(10);
    const token = b.request(a, Uint8Array.of(7));
    world.run(50);
    expect(b.answers.get(token)).toEqual(Uint8Array.of(7));
  });

  it('are only answered by the one who was asked, once, and time out', () => {
    const world = new UnicastWorld(1, 3);
    const [a, b] = pair(world);
    const other = world.nodes[2] as TestNode;
    const token = a.request(b);
    world.run(50);
    const [request] = b.requests;
    expect(request).toBeDefined();
    if (!request) return;
    other.tell({ ...answerTo(a, request.id), answer: { body: Uint8Array.of(6) } });
    world.run(100);
    expect(a.settled.size).toBe(0);
    b.tell({ ...answerTo(a, request.id), answer: { error: 'no' } });
    b.tell({ ...answerTo(a, request.id), answer: { body: Uint8Array.of(1) } });
    world.run(200);
    expect(a.settled.get(token)).toEqual({ reason: 'refused', because: 'no' });
    const slow = a.request(b, undefined, 0, 1000);
    world.run(2000);
    expect(a.settled.get(slow)).toEqual({ reason: 'timed-out', afterMs: 1000 });
  });

  it('cannot make answers pile up: 35 KiB of them stay within the budget', () => {
    const world = new UnicastWorld(1);
    const [a, b] = pair(world);
    world.linkUp(a, b);
    a.known.set(b.id, 1);
    let answered = 0;
    b.serve = (node, request) => {
      answered++;
      node.tell({ ...answerTo(a, request.id), answer: { body: new Uint8Array(200_000) } });
    };
    world.filter = (frame, from) => {
      const header = parseFrameHeader(frame); // a never hears of any answer
      return from === a.id || typeof header === 'string' || header.stream !== 1 || header.index < 0;
    };
    for (let i = 0; i < 2600; i++) a.request(b, new Uint8Array(4), 0, 500_000);
    world.run(30_000);
    expect(b.budget.used(a.id)).toBeLessThanOrEqual(b.budget.peerBytes);
    expect(answered).toBeGreaterThan(10);
    expect(answered).toBeLessThan(200);
  });

  it('of a Node that left leave nothing behind', () => {
    const world = new UnicastWorld(1);
    const [a, b] = pair(world);
    world.linkUp(a, b);
    a.request(b);
    world.run(50);
    world.linkDown(a, b);
    world.isRelaying = false;
    b.tell({ type: 'peer-left', peer: a.id, reason: 'closed' });
    const [request] = b.requests;
    b.tell({ ...answerTo(a, request?.id ?? 0), answer: { body: new Uint8Array(1000) } });
    world.run(100);
    expect(b.budget.total).toBe(0);
    expect(b.unicast.nextWakeAt).toBe(Number.POSITIVE_INFINITY);
    expect(b.unicast.snapshot().every(({ outgoing }) => outgoing.queuedMessages === 0)).toBe(true);
  });

  function answerTo(to: TestNode, requestId: number) {
    return { type: 'answer', to: to.id, stream: 0 as StreamId, requestId } as const;
  }
});

describe('a direct Link', () => {
  it('sends nothing twice to a page that stands still for ten seconds', () => {
    const world = new UnicastWorld(1);
    const [a, b] = pair(world);
    world.linkUp(a, b);
    for (let i = 0; i < 40; i++) a.send(b, String(i), 60_000);
    world.run(2);
    b.isFrozen = true;
    world.run(10_000);
    b.thaw();
    world.run(20_000);
    expect(texts(b)).toEqual(upTo(40));
    expect(a.unicast.snapshot()[0]?.outgoing).toMatchObject({ retransmissions: 0, rtoMs: undefined });
  });

  it.each([1, 5, 9])('that loses a packet all the same (the %i. of ten) is found out', (lost) => {
    const world = new UnicastWorld(1);
    const [a, b] = pair(world);
    world.linkUp(a, b);
    a.send(b, '0');
    world.run(100);
    world.isLossy = true;
    let count = 0;
    world.filter = (frame) => {
      const header = parseFrameHeader(frame);
      return typeof header === 'string' || header.index < 0 || ++count !== lost;
    };
    for (let i = 1; i <= 10; i++) a.send(b, String(i), 60_000);
    world.run(10_000);
    expect(texts(b)).toEqual(upTo(11));
  });

  it('that goes down: what was on it leaves over relays at once', () => {
    const world = new UnicastWorld(1);
    const [a, b] = pair(world);
    world.linkUp(a, b);
    world.directDelayMs = 1000;
    a.send(b, '0');
    world.run(10);
    world.linkDown(a, b);
    world.run(16);
    expect(texts(b)).toEqual([0]);
  });
});
