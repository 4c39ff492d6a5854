import { describe, expect, it } from 'vitest';
import { newNodeId } from '../../wire/index.ts';
import { MAX_PEERS } from './peers.ts';
import { MAX_AT_WORK } from './served.ts';
import type { TestNode } from './unicast-node.testing.ts';
import { pair, UnicastWorld } from './unicast-world.testing.ts';

const STREAM = 7;
const answer = (node: TestNode, { from, stream, id }: TestNode['requests'][number]) =>
  node.tell({ type: 'answer', to: from, stream, requestId: id, answer: { body: new Uint8Array(1) } });

/** One has asked so much that a window full of its questions waits for those at work, and then it is called gone. */
function gone() {
  const world = new UnicastWorld(1);
  const [asker, asked] = pair(world);
  world.isRelaying = false;
  world.linkUp(asker, asked);
  for (let i = 0; i < MAX_AT_WORK; i++) asker.request(asked, new Uint8Array(4), STREAM, 1000);
  world.run(10);
  for (let i = 0; i < 15; i++) {
    asker.request(asked, new Uint8Array(60_000), STREAM, 1000);
    world.run(world.nowMs + 5);
  }
  expect(asked.requests.length).toBe(MAX_AT_WORK);
  expect(asked.budget.total).toBeGreaterThan(500_000);
  world.linkDown(asker, asked);
  asked.tell({ type: 'peer-left', peer: asker.id, reason: 'silent' });
  return { world, asker, asked };
}

describe('one whose questions wait for others at work when it is gone', () => {
  it('is heard when it is back, though all handlers were done meanwhile', () => {
    const { world, asker, asked } = gone();
    for (const request of asked.requests.splice(0)) answer(asked, request);
    asked.serve = answer;
    world.run(2000);
    for (const request of asked.requests.splice(0)) answer(asked, request);
    expect(asked.budget.total).toBe(0);
    world.linkUp(asker, asked);
    world.run(5000);
    const token = asker.request(asked, new Uint8Array(4), STREAM, 5000);
    const sent = asker.send(asked, '1', 10, STREAM, 5000);
    world.run(15_000);
    expect([asker.settled.has(token), asker.settled.get(token)]).toEqual([true, undefined]);
    expect([asker.settled.has(sent), asker.settled.get(sent)]).toEqual([true, undefined]);
  });

  it('costs nothing any more after two minutes, though no handler ever returns', () => {
    const { world, asked } = gone();
    world.run(200_000);
    expect(asked.budget.total).toBe(0);
  });
});

it('those that are gone make room for others, though what they asked is never answered', () => {
  const world = new UnicastWorld(1);
  const [asker, asked] = pair(world);
  world.run(10);
  for (let i = 0; i < MAX_PEERS + 10; i++) {
    // Another life of another Node, each with a question that keeps its handler for ever.
    Object.assign(asker, { id: newNodeId(world.random) });
    asker.restart();
    asker.known.set(asked.id, asked.life);
    asked.known.set(asker.id, asker.life);
    asker.request(asked, new Uint8Array(4), STREAM, 1000);
    world.run(world.nowMs + 20);
    asked.tell({ type: 'peer-left', peer: asker.id, reason: 'silent' });
  }
  expect(asked.requests.length).toBe(MAX_PEERS + 10);
  expect(asked.unicast.sessionSnapshot().length).toBeLessThanOrEqual(MAX_PEERS);
});
