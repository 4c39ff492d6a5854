/** Leafcutter's way: two Nodes that find each other through the rendezvous, prove key and identity, and speak on a stream. */
import type { MeshNode, MeshStream } from '../../src/mesh/index.ts';
import type { NodeId } from '../../src/wire/index.ts';
import { benchNode, untilMembers } from '../common/bench-node.ts';
import { sendMany } from '../common/send-many.ts';
import { Counter, type Line } from './line.ts';

interface Connected {
  readonly stream: MeshStream;
  readonly neighbour: NodeId;
}

const counter = new Counter();
let connected: Connected | undefined;
let finished: () => void = () => undefined;

function current(): Connected {
  if (!connected) throw new Error('the mesh is not connected');
  return connected;
}

/** Resolves when the other page is a neighbour. */
export async function connect(port: number): Promise<void> {
  const node = benchNode(port, 'unicast-bench');
  const stream = node.stream('bench');
  stream.receive('bench', ({ body }) => counter.arrived(body.length));
  stream.receive('all', () => finished());
  await untilMembers(node, () => neighbourOf(node) !== undefined);
  const neighbour = neighbourOf(node);
  if (neighbour) connected = { stream, neighbour };
}

function neighbourOf(node: MeshNode): NodeId | undefined {
  return node.members().find((member) => member.isNeighbour)?.id;
}

export const mesh: Line = {
  expect(bytes, count) {
    const { stream, neighbour } = current();
    counter.expect(bytes, count, () => void stream.send(neighbour, 'all', new Uint8Array(0)));
  },
  async send(bytes, count) {
    const { stream, neighbour } = current();
    const all = new Promise<void>((resolve) => {
      finished = resolve;
    });
    const startMs = performance.now();
    await sendMany(stream, neighbour, bytes, count);
    await all;
    return performance.now() - startMs;
  },
};
