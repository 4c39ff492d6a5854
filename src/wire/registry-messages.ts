/**
 * What a Node and its signaling server say to each other beside PeerJS's own messages, on the same socket and in the same
 * form: JSON objects with an upper-case `type` and a `payload`. The server begins with a CHALLENGE; REGISTER answers it and
 * puts the Node into one network's registry; from then on the server tells a bounded choice of who else is there, and lets
 * itself be heard every BEAT_INTERVAL_MS, so that a frozen one is found out. Both ends read with the functions below, which
 * return `undefined` for anything else: the caller counts it and drops it.
 */
import { fromBase64Url, fromHex } from '../runtime/index.ts';
import { isNodeId, type NodeId } from './node-id.ts';
import { SERVER_NONCE_BYTES } from './server-proof.ts';

export type RegistryRequest =
  | {
      readonly type: 'REGISTER';
      /** `networkHash(name)`. */
      readonly network: string;
      /** Ed25519, 32 bytes. */
      readonly publicKey: Uint8Array;
      /** Over `serverProofInput`, 64 bytes. */
      readonly signature: Uint8Array;
    }
  /** Asks for a BEAT at once. */
  | { readonly type: 'PING' };

export type RegistryReply =
  | { readonly type: 'CHALLENGE'; readonly nonce: Uint8Array }
  /** A choice of those registered in the network now, without the asker: all of them in a small one. Replaces earlier ones. */
  | { readonly type: 'INSTANCES'; readonly ids: readonly NodeId[] }
  | { readonly type: 'JOINED'; readonly id: NodeId }
  | { readonly type: 'LEFT'; readonly id: NodeId }
  | { readonly type: 'BEAT' }
  /** The server will close the socket. */
  | { readonly type: 'GOODBYE'; readonly reason: GoodbyeReason };

/** `restarting`: come back at once. `replaced`: a newer socket of the same key has taken over. */
export type GoodbyeReason = 'restarting' | 'replaced';

/**
 * Every socket hears from the server this often. Ten thousand sockets then cost 4,000 small writes a second; were the Nodes to
 * ask instead, every one of them would be a read and an answer.
 */
export const BEAT_INTERVAL_MS = 2_500;
/** The most ids in INSTANCES. */
export const MAX_INSTANCES = 32;

const NETWORK_HASH = /^[0-9a-f]{64}$/;

/** @param message parsed JSON from a socket */
export function readRegistryRequest(message: unknown): RegistryRequest | undefined {
  const { type, payload } = fields(message);
  if (type === 'PING') return { type };
  if (type !== 'REGISTER') return undefined;
  const { network, publicKey: keyText, signature: signatureText } = fields(payload);
  if (typeof network !== 'string' || !NETWORK_HASH.test(network)) return undefined;
  const publicKey = bytesOf(keyText, 32, fromBase64Url);
  const signature = bytesOf(signatureText, 64, fromBase64Url);
  return publicKey && signature ? { type, network, publicKey, signature } : undefined;
}

/** @param message parsed JSON from a socket */
export function readRegistryReply(message: unknown): RegistryReply | undefined {
  const { type, payload } = fields(message);
  const { nonce: nonceText, ids, id, reason } = fields(payload);
  switch (type) {
    case 'BEAT':
      return { type };
    case 'CHALLENGE': {
      const nonce = bytesOf(nonceText, SERVER_NONCE_BYTES, fromHex);
      return nonce && { type, nonce };
    }
    case 'JOINED':
    case 'LEFT':
      return isId(id) ? { type, id } : undefined;
    case 'INSTANCES': {
      if (!Array.isArray(ids) || ids.length > MAX_INSTANCES) return undefined;
      const known: readonly unknown[] = ids;
      return known.every(isId) ? { type, ids: known } : undefined;
    }
    case 'GOODBYE':
      return reason === 'restarting' || reason === 'replaced' ? { type, reason } : undefined;
    default:
      return undefined;
  }
}

/** Every field a message may have, before any of it is believed. */
type Unchecked = Readonly<
  Partial<
    Record<
      'type' | 'payload' | 'network' | 'publicKey' | 'signature' | 'nonce' | 'id' | 'ids' | 'reason',
      unknown
    >
  >
>;

function fields(value: unknown): Unchecked {
  return typeof value === 'object' && value !== null ? value : {};
}

function isId(value: unknown): value is NodeId {
  return typeof value === 'string' && isNodeId(value);
}

function bytesOf(
  text: unknown,
  length: number,
  decode: (text: string) => Uint8Array,
): Uint8Array | undefined {
  if (typeof text !== 'string' || text.length > 2 * length) return undefined;
  try {
    const bytes = decode(text);
    return bytes.length === length ? bytes : undefined;
  } catch {
    return undefined;
  }
}
