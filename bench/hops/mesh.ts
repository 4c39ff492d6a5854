/** Leafcutter's way: Nodes whose Links are blocked but for a chain; frames to the last one are relayed by those between. */
import type { MeshNode, MeshStream } from '../../src/mesh/index.ts';
import { isNodeId, type NodeId } from '../../src/wire/index.ts';
import { benchNode, untilMembers } from '../common/bench-node.ts';
import { sendMany } from '../common/send-many.ts';
import { Counter, type Line } from '../unicast/line.ts';

const counter = new Counter();
let started: { readonly node: MeshNode; readonly stream: MeshStream } | undefined;
let target: NodeId | undefined;
let finished: () => void = () => undefined;

function current(): { readonly node: MeshNode; readonly stream: MeshStream } {
  if (!started) throw new Error('the Node is not started');
  return started;
}

function nodeIdOf(text: string): NodeId {
  if (!isNodeId(text)) throw new Error(`${text} is no id`);
  return text;
}

export function start(port: number): string {
  const node = benchNode(port, 'hops-bench');
  const stream = node.stream('bench');
  started = { node, stream };
  stream.receive('bench', ({ from, body }) => {
    target = from;
    counter.arrived(body.length);
  });
  stream.receive('all', () => finished());
  return node.id;
}

export async function meet(count: number): Promise<void> {
  const { node } = current();
  const others = (): number => node.members().filter((member) => member.isNeighbour).length;
  await untilMembers(node, () => others() === count - 1);
}

export function block(peers: readonly string[]): void {
  for (const peer of peers) current().node.inspection.faults.setLinkBlocked(nodeIdOf(peer), true);
}

export async function awaitHops(peer: string, hops: number): Promise<void> {
  const { node } = current();
  target = nodeIdOf(peer);
  await untilMembers(node, () => node.members().find(({ id }) => id === target)?.hops === hops);
}

export const mesh: Line = {
  expect(bytes, count) {
    // Whoever sent them is told.
    counter.expect(bytes, count, () => {
      if (target) void current().stream.send(target, 'all', new Uint8Array(0));
    });
  },
  async send(bytes, count) {
    if (!target) throw new Error('there is no target');
    const all = new Promise<void>((resolve) => {
      finished = resolve;
    });
    const startMs = performance.now();
    await sendMany(current().stream, target, bytes, count);
    await all;
    return performance.now() - startMs;
  },
};
