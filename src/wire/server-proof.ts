/**
 * How a Node shows a signaling server that its id is its own. The server sends a fresh nonce with the socket; the Node
 * answers with its public key, from which the id follows, and a signature over the bytes below. The label keeps the
 * signature from meaning anything elsewhere, the nonce from being used on another socket, the network's hash from
 * registering the Node where it did not ask to be.
 */
import { concatBytes, fromHex } from '../runtime/index.ts';
import { type NodeId, nodeIdToBytes } from './node-id.ts';

export const SERVER_NONCE_BYTES = 32;

const LABEL = new TextEncoder().encode('leafcutter signaling server v1\n');

export interface ServerProof {
  readonly id: NodeId;
  /** SERVER_NONCE_BYTES that the server sent on this socket. */
  readonly nonce: Uint8Array;
  /** `networkHash(name)`: 64 hexadecimal digits. */
  readonly network: string;
}

/** The bytes to sign. All parts have fixed lengths, so no two proofs have the same. */
export function serverProofInput({ id, nonce, network }: ServerProof): Uint8Array {
  return concatBytes(LABEL, nonce, nodeIdToBytes(id), fromHex(network));
}
