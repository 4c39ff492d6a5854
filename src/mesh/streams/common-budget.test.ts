import { expect, it } from 'vitest';
import { type TestNode, UnicastWorld } from './unicast-world.testing.ts';

it('members that fill the common budget leave room for an honest peer', () => {
  const MIB = 1024 * 1024;
  const world = new UnicastWorld(3, 8, undefined, 8 * MIB, 20 * MIB);
  const [victim, honest, ...hostile] = world.nodes as [TestNode, TestNode, ...TestNode[]];
  for (const node of world.nodes) if (node !== victim) world.linkUp(victim, node);
  world.isLossy = true; // the filter below loses frames, which no channel does
  // Each sends most of large messages on several streams, and goes on with a trickle (here: stops).
  const held = new Map<string, number>();
  world.filter = (frame, from) => {
    if (!hostile.some(({ id }) => id === from)) return true;
    const bytes = (held.get(from) ?? 0) + frame.length;
    held.set(from, bytes);
    return bytes < 3.4 * MIB || frame.length < 200;
  };
  for (const [i, node] of hostile.entries()) node.send(victim, String(i), 3.99 * MIB, 0, 200_000);
  world.run(3000);
  for (let i = 0; i < 50; i++) honest.send(victim, String(i), 60_000);
  world.run(63_000);
  const failures = [...honest.settled.values()].filter((failure) => failure).length;
  expect(failures).toBe(0);
});
