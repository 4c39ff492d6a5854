/** What is kept for peers that are gone. */
import { describe, expect, it } from 'vitest';
import { type NodeId, newNodeId } from '../../wire/index.ts';
import { MAX_PEERS } from './peers.ts';
import type { TestNode } from './unicast-node.testing.ts';
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
