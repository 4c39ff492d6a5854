/** Test support: a real Node (createNode) on a simulated network, in virtual time, with cryptography that costs nothing. */
import { type Random, seededRandom } from '../../runtime/index.ts';
import type { SimulatedNetwork, SimulatedPeer } from '../../transport/simulated/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { Attributes, MeshNode } from '../contract.ts';
import type { Cryptography } from '../identity/cryptography.ts';
import { type Identity, identityFrom, SECRET_KEY_BYTES } from '../identity/identity.ts';
import { createNode } from './node.ts';

export interface SimulatedNode {
  readonly id: NodeId;
  readonly identity: Identity;
  readonly peer: SimulatedPeer;
  readonly node: MeshNode;
}

export interface JoinOptions {
  readonly cryptography: Cryptography;
  /** Draws the identity (unless one is given) and the Node's own seed. */
  readonly random: Random;
  readonly networkName?: string;
  readonly networkKey?: Uint8Array;
  readonly attributes?: Attributes;
  readonly identity?: Identity;
  readonly life?: number;
}

const KEY = new Uint8Array(32).fill(7);

export function joinNetwork(network: SimulatedNetwork, options: JoinOptions): SimulatedNode {
  const { cryptography, random, networkName = 'test', networkKey = KEY } = options;
  const identity = options.identity ?? identityFrom(random.bytes(SECRET_KEY_BYTES), cryptography);
  const peer = network.addPeer(identity.id, networkName);
  const node = createNode({
    transport: peer.transport,
    networkName,
    networkKey,
    identity,
    life: options.life ?? 1,
    attributes: options.attributes ?? { deviceName: 'tab' },
    clock: peer.host,
    timers: peer.host,
    random: seededRandom(random.uint32()),
    cryptography,
  });
  return { id: identity.id, identity, peer, node };
}
