/** Leafcutter's way: two Nodes that find each other through the rendezvous, prove the key and speak through `send`. */

import { createNode, type MeshNode } from '../../src/mesh/index.ts';
import { systemClock, systemRandom, systemTimers } from '../../src/runtime/index.ts';
import { createPeerTransport } from '../../src/transport/peerjs/index.ts';
import { type NodeId, networkHash, newNodeId } from '../../src/wire/index.ts';
import { Counter, type Line } from './line.ts';

const NETWORK = 'unicast-bench';
/** Unacknowledged messages, as a program would bound them: at least a few windows' worth, at most 2 MiB. */
const inFlight = (bytes: number): number =>
  Math.max(32, Math.min(2_048, Math.floor((2 * 1024 * 1024) / bytes)));

const counter = new Counter();
let node: MeshNode | undefined;
let neighbour: NodeId | undefined;
let finished: () => void = () => undefined;

function current(): { readonly node: MeshNode; readonly neighbour: NodeId } {
  if (!node || !neighbour) throw new Error('the mesh is not connected');
  return { node, neighbour };
}

/** Resolves when the other page is a neighbour. */
export async function connect(port: number): Promise<void> {
  const made = createNode({
    transport: createPeerTransport({
      self: newNodeId(systemRandom),
      server: `http://127.0.0.1:${port}/`,
      networkHash: networkHash(NETWORK),
      timers: systemTimers,
      random: systemRandom,
    }),
    networkName: NETWORK,
    networkKey: new Uint8Array(16),
    info: { deviceName: 'bench', cores: 1, workers: 0, platform: 'page' },
    clock: systemClock,
    timers: systemTimers,
    random: systemRandom,
  });
  node = made;
  made.receive('bench', ({ body }) => counter.arrived(body.length));
  made.receive('all', () => finished());
  const find = (): NodeId | undefined => made.members().find((member) => member.isNeighbour)?.id;
  while (!find()) await new Promise((resolve) => made.events.once('membersChanged', resolve));
  neighbour = find();
}

export const mesh: Line = {
  expect(bytes, count) {
    const { node, neighbour } = current();
    counter.expect(bytes, count, () => void node.send(neighbour, 'all', new Uint8Array(0)));
  },
  async send(bytes, count) {
    const { node, neighbour } = current();
    const all = new Promise<void>((resolve) => {
      finished = resolve;
    });
    const message = new Uint8Array(bytes);
    const limit = inFlight(bytes);
    const startMs = performance.now();
    await new Promise<void>((resolve, reject) => {
      let started = 0;
      let acknowledged = 0;
      const fill = (): void => {
        while (started < count && started - acknowledged < limit) {
          started += 1;
          node.send(neighbour, 'bench', message).then(() => {
            acknowledged += 1;
            if (acknowledged === count) resolve();
            else fill();
          }, reject);
        }
      };
      fill();
    });
    await all;
    return performance.now() - startMs;
  },
};
