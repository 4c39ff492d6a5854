/** A Node in a page, for benches: keys, identity and transport as the product has them. */
import { createNode, type MeshNode, newIdentity, serverProver } from '../../src/mesh/index.ts';
import { systemClock, systemRandom, systemTimers } from '../../src/runtime/index.ts';
import { createPeerTransport } from '../../src/transport/peerjs/index.ts';
import { networkHash } from '../../src/wire/index.ts';

/** @param port of the signaling server. Nodes of one `networkName` find each other. */
export function benchNode(port: number, networkName: string): MeshNode {
  const identity = newIdentity(systemRandom);
  return createNode({
    transport: createPeerTransport({
      self: identity.id,
      prover: serverProver(identity),
      server: `http://127.0.0.1:${port}/`,
      networkHash: networkHash(networkName),
      timers: systemTimers,
      random: systemRandom,
    }),
    networkName,
    networkKey: new Uint8Array(16),
    identity,
    life: Date.now(),
    attributes: { deviceName: 'bench' },
    clock: systemClock,
    timers: systemTimers,
    random: systemRandom,
  });
}

/** Resolves when `isSo` holds; looks at every change of the members. */
export async function untilMembers(node: MeshNode, isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => node.events.once('membersChanged', resolve));
}
