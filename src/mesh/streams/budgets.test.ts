import { describe, expect, it } from 'vitest';
import { MAX_MESSAGE_BYTES } from '../contract.ts';
import { reasons, type TestNode } from './unicast-node.testing.ts';
import { pair, UnicastWorld } from './unicast-world.testing.ts';

const MIB = 1024 * 1024;

/**
 * Six hostile Nodes send most of a large message and stop, then an honest one sends fifty small ones to the same Node. The
 * world checks after every event that nobody's account, nor all together, is overdrawn.
 */
function crowded(messageBytes: number, sentBytes: number) {
  const world = new UnicastWorld(3, 8, undefined, 8 * MIB, 20 * MIB);
  const [victim, honest, ...hostile] = world.nodes as [TestNode, TestNode, ...TestNode[]];
  for (const node of world.nodes) if (node !== victim) world.linkUp(victim, node);
  world.isLossy = true; // the filter below loses frames, which no channel does
  const held = new Map<string, number>();
  world.filter = (frame, from) => {
    if (!hostile.some(({ id }) => id === from)) return true;
    const bytes = (held.get(from) ?? 0) + frame.length;
    held.set(from, bytes);
    return bytes < sentBytes || frame.length < 200;
  };
  for (const [i, node] of hostile.entries()) node.send(victim, String(i), messageBytes, 0, 200_000);
  world.run(3000);
  const used = victim.budget.total;
  for (let i = 0; i < 50; i++) honest.send(victim, String(i), 60_000);
  world.run(63_000);
  return { used, failures: [...honest.settled.values()].filter((failure) => failure).length };
}

it('members that fill the common budget leave room for an honest peer', () => {
  expect(crowded(3.99 * MIB, 3.4 * MIB).failures).toBe(0);
});

it('half messages that may each exceed an account never exceed the common budget together', () => {
  const { used, failures } = crowded(7.9 * MIB, 5.9 * MIB);
  expect(used).toBeGreaterThan(17 * MIB); // all but what is kept for those who use little
  expect(failures).toBe(0);
});

describe('the budget of a peer', () => {
  it('holds over all its streams while nobody takes anything, and all goes on afterwards', () => {
    const world = new UnicastWorld(1);
    const [a, b] = pair(world);
    world.linkUp(a, b);
    world.isLossy = true; // what finds no room is sent again
    b.isTaking = false;
    for (let stream = 2; stream < 34; stream++) {
      for (let i = 0; i < 12; i++) a.send(b, String(i), 64_000, stream, 1_000_000);
    }
    world.run(20_000);
    expect(b.budget.used(a.id)).toBeGreaterThan(5_000_000);
    expect(a.settled.size).toBeLessThan(200);
    b.isTaking = true;
    b.take();
    world.run(120_000);
    expect(reasons(a)).toEqual(new Array(32 * 12).fill(undefined));
    expect(b.budget.total).toBe(0);
  });

  it('lets several large messages through, one after the other where they do not fit together', () => {
    const world = new UnicastWorld(1);
    const [a, b] = pair(world);
    world.linkUp(a, b);
    world.mayExceed = true;
    world.isLossy = true;
    for (let stream = 2; stream < 5; stream++) a.send(b, '0', 4_000_000, stream);
    a.send(b, '0', MAX_MESSAGE_BYTES, 0x8005);
    world.run(120_000);
    expect(reasons(a)).toEqual(new Array(4).fill(undefined));
    expect(b.delivered.map(({ bytes }) => bytes).sort((x, y) => x - y)).toEqual([
      4_000_000,
      4_000_000,
      4_000_000,
      MAX_MESSAGE_BYTES,
    ]);
    expect(b.budget.total).toBe(0);
  });
});
