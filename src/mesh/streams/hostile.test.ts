/** What hostile peers try on a Node's streams. */
import { describe, expect, it } from 'vitest';
import { encodeFrame, FrameType, INDEX_MODULUS, parseFrameHeader } from '../../wire/index.ts';
import type { TestNode } from './unicast-node.testing.ts';
import { pair, UnicastWorld } from './unicast-world.testing.ts';

describe('a hostile peer', () => {
  const forge = (from: TestNode, to: TestNode, index: number, body: number[], session = 1, stream = 0) =>
    encodeFrame(
      { type: FrameType.msg, source: from.id, target: to.id, index, stream, session },
      Uint8Array.from(body),
    );
  const give = (to: TestNode, via: TestNode, frame: Uint8Array) => {
    const header = parseFrameHeader(frame);
    if (typeof header === 'string') throw new Error(header);
    to.tell({ type: 'frame', via: via.id, header, frame });
  };
  /** Of the present lives, as an honest frame tells it. */
  const sessionOf = (world: UnicastWorld, a: TestNode, b: TestNode): number => {
    let session = 0;
    world.filter = (frame) => {
      const header = parseFrameHeader(frame);
      if (typeof header !== 'string') session = header.session;
      return true;
    };
    a.send(b, '0', 0, 99);
    world.run(world.nowMs + 100);
    return session;
  };

  it('cannot speak as another over a relay, nor from an earlier life', () => {
    const world = new UnicastWorld(1, 3);
    const [a, b] = pair(world);
    const relay = world.nodes[2] as TestNode;
    const session = sessionOf(world, a, b);
    give(b, relay, forge(a, b, 0, [0, 0], session));
    give(b, a, forge(a, b, 0, [0, 0], session ^ 1));
    b.known.delete(relay.id);
    give(b, relay, forge(relay, b, 0, [0, 0], session));
    expect(Object.fromEntries(b.drops)).toEqual({ forged: 1, 'of another life': 1, 'unknown sender': 1 });
  });

  it('that goes beyond its credit is cut off; one with too many streams is told so and not heard', () => {
    const world = new UnicastWorld(1);
    const [a, b] = pair(world);
    const session = sessionOf(world, a, b);
    expect(() => give(b, a, forge(a, b, 5, [0, 5], session, 98))).toThrow(/cut off/);
    b.cutOff.length = 0;
    for (let stream = 100; stream < 140; stream++) give(b, a, forge(a, b, 1, [0, 1], session, stream));
    expect(b.drops.get('too many streams')).toBe(10);
  });

  it('that announces much and sends little costs little', () => {
    const world = new UnicastWorld(1);
    const [a, b] = pair(world);
    const session = sessionOf(world, a, b);
    for (let stream = 100; stream < 131; stream++) {
      // A first piece of one byte, of a message of 15 MiB.
      give(b, a, forge(a, b, 0, [0, 0, 1, 0, 0, 1, 0, 0xf0, 0, 0, 0], session, stream));
    }
    expect(b.budget.used(a.id)).toBeLessThan(300_000);
    world.run(world.nowMs + 200_000);
    expect(b.budget.used(a.id)).toBe(0); // what stands still for two minutes is let go
  });

  it.each([
    ['more than any message has', [0, 0, 1, 0, 0, 1, 1, 0x10, 0, 0, 7]],
    [
      'nine million bytes, and contradicts itself',
      [0, 0, 1, 0, 0, 1, 0, 0x90, 0, 0, 7, 1, 0, 0, 1, 0, 0x90, 0, 0, 7],
    ],
  ])('that announces %s has no place beyond its account for it', (_, packet) => {
    const world = new UnicastWorld(1);
    const [a, b] = pair(world);
    world.linkUp(a, b);
    world.isLossy = true; // what finds no room is sent again
    world.mayExceed = true;
    const session = sessionOf(world, a, b);
    for (let stream = 100; stream < 104; stream++) give(b, a, forge(a, b, 0, packet, session, stream));
    expect(b.drops.get('malformed packet')).toBe(4);
    const token = a.send(b, '1', 9_000_000, 50, 10_000);
    world.run(world.nowMs + 20_000);
    expect([a.settled.has(token), a.settled.get(token)]).toEqual([true, undefined]);
  });

  it('cannot make it throw, whatever the bytes', () => {
    const world = new UnicastWorld(1);
    const [a, b] = pair(world);
    const session = sessionOf(world, a, b);
    for (let i = 0; i < 20_000; i++) {
      const bytes = [...world.random.bytes(world.random.uint32() % 40)];
      if (i % 2 === 0 && bytes.length > 1) bytes.splice(0, 2, 0, i % 10);
      const index = (i % 13) - 1;
      b.cutOff.length = 0;
      try {
        give(b, a, forge(a, b, index === 12 ? INDEX_MODULUS - 1 : index, bytes, session, i % 3));
      } catch (error) {
        if (!(error instanceof Error && /cut off|out of order/.test(error.message))) throw error;
      }
    }
    expect(b.budget.used(a.id)).toBeLessThan(b.budget.peerBytes);
  });
});
