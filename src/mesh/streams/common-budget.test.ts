import { expect, it } from 'vitest';
import { type TestNode, UnicastWorld } from './unicast-world.testing.ts';

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
