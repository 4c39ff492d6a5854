import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../wire/index.ts';
import { MAX_MESSAGE_BYTES } from '../contract.ts';
import { MemoryBudget } from '../memory/budget.ts';
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

it('what one takes makes no work for each of those that wait for room', () => {
  let asked = 0;
  class Counting extends MemoryBudget {
    override totalRoom(peer: NodeId): number {
      asked++;
      return super.totalRoom(peer);
    }
  }
  const world = new UnicastWorld(3, 41);
  const [victim, ...greedy] = world.nodes as [TestNode, ...TestNode[]];
  Object.assign(victim, { budget: new Counting(8 * MIB, 20 * MIB) });
  victim.restart();
  for (const node of world.nodes) {
    node.known.set(victim.id, victim.life);
    if (node !== victim) world.linkUp(victim, node);
  }
  world.isLossy = true; // what finds no room is sent again
  victim.isTaking = false;
  // Together they fill what all may have, and then each wants a little on many streams.
  for (const node of greedy) for (let i = 0; i < 9; i++) node.send(victim, String(i), 60_000, 0, 200_000);
  world.run(2000);
  for (const node of greedy)
    for (let stream = 2; stream < 20; stream++) node.send(victim, '0', 10, stream, 200_000);
  world.run(4000);
  asked = 0;
  victim.take(1);
  expect(asked).toBeGreaterThan(0);
  expect(asked).toBeLessThan(200);
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

describe('a handler that asks the sender of what it handles', () => {
  it.each([
    [100, 100],
    [100, 9 * MIB],
    [100, MAX_MESSAGE_BYTES],
    [7.9 * MIB, 500_000],
    [MAX_MESSAGE_BYTES, 10],
    [MAX_MESSAGE_BYTES, 500_000],
  ])('gets its answer (of %i bytes it handles, %i bytes)', (handledBytes, answerBytes) => {
    const world = new UnicastWorld(1);
    const [a, b] = pair(world);
    world.linkUp(a, b);
    world.mayExceed = true;
    world.isLossy = true;
    a.serve = answering(answerBytes);
    b.isTaking = false; // its handler waits for the answer
    a.send(b, '0', handledBytes, 2);
    world.run(5000);
    expect(b.delivered.length).toBe(1);
    const token = b.request(a);
    world.run(20_000);
    expect(b.settled.get(token)).toBe(undefined);
    expect(b.answers.get(token)?.length).toBe(answerBytes);
  });
});

describe('a message for which an answer that is half there leaves no room', () => {
  it.each([
    [5.2, 500_000],
    [5, 900_000],
    [4.5, 1_200_000],
  ])('goes on when the answer is whole (of %f MiB, %i bytes)', (mib, bytes) => {
    const world = new UnicastWorld(1);
    const [a, b] = pair(world);
    world.linkUp(a, b);
    world.isLossy = true;
    world.directDelayMs = 20;
    a.serve = answering(mib * MIB);
    a.send(b, '0', 10, 5);
    world.run(1000);
    b.request(a);
    world.run(1100);
    a.send(b, '1', bytes, 5);
    world.run(3000);
    expect(reasons(a)).toEqual([undefined, undefined]);
  });

  it('is let go two minutes after its sender fell silent', () => {
    const world = new UnicastWorld(1);
    const [a, b] = pair(world);
    world.linkUp(a, b);
    world.isLossy = true;
    world.directDelayMs = 20;
    a.serve = answering(5 * MIB);
    a.send(b, '0', 10, 5);
    world.run(1000);
    b.request(a);
    world.run(1100);
    a.send(b, '1', 900_000, 5);
    world.run(1150);
    expect(b.unicast.snapshot().some(({ incoming }) => incoming.slots[1]?.state === 'held')).toBe(true);
    world.filter = () => false;
    b.tell({ type: 'peer-left', peer: a.id, reason: 'it does not answer' });
    world.run(300_000);
    expect(b.budget.used(a.id)).toBe(0);
  });
});

function answering(bytes: number): TestNode['serve'] {
  return (node, { from: to, stream, id: requestId }) =>
    node.tell({ type: 'answer', to, stream, requestId, answer: { body: new Uint8Array(bytes) } });
}
