/** A channel is open; does the handshake make a Link of it? It asks for network, key and version, and says what does not fit. */
import type { MeshNode } from '../../mesh/index.ts';
import type { Timers } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';

/** A handshake takes a round trip; a busy page takes seconds to answer. */
const PATIENCE_MS = 15_000;

/** What becomes of handshakes from now on. */
export interface Greetings {
  /** Resolves when we have a Link with that Node. Rejects with why there is none. */
  with(peer: NodeId): Promise<void>;
  end(): void;
}

export function watchGreetings(node: Pick<MeshNode, 'events' | 'members'>, timers: Timers): Greetings {
  const refusals = new Map<NodeId, string>();
  const ends: (() => void)[] = [
    node.events.on('refused', ({ peer, message }) => void refusals.set(peer, message)),
  ];
  return {
    with: (peer) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const refusal = refusals.get(peer);
          if (refusal !== undefined) reject(new Error(refusal));
          if (node.members().some(({ id, isNeighbour }) => id === peer && isNeighbour)) resolve();
        };
        const silent = 'the other device does not answer: keep its page open, and try again';
        ends.push(
          node.events.on('refused', look),
          node.events.on('membersChanged', look),
          timers.after(PATIENCE_MS, () => reject(new Error(silent))),
        );
        look();
      }),
    end: () => {
      for (const end of ends.splice(0)) end();
    },
  };
}
