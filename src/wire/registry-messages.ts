/**
 * What is said on the registry's socket, as JSON text. A Node registers on one point and is told from there who else is
 * registered under the same hashed name: once all, then each change. Both ends parse with the functions below, which
 * return `undefined` for anything else: the caller counts it and drops it.
 */
import { isNodeId, type NodeId } from './node-id.ts';

export type RegistryRequest =
  | { readonly type: 'register'; readonly network: string; readonly id: NodeId }
  | { readonly type: 'ping' };

export type RegistryReply =
  /** Everyone registered in the network now, without the asker. */
  | { readonly type: 'instances'; readonly ids: readonly NodeId[] }
  | { readonly type: 'joined'; readonly id: NodeId }
  | { readonly type: 'left'; readonly id: NodeId }
  | { readonly type: 'pong' }
  /** The server will not register us; the reason is for people. */
  | { readonly type: 'refused'; readonly reason: string };

/** A register message is about 150 bytes. */
export const MAX_REGISTRY_REQUEST_BYTES = 512;
/** So that the list of instances stays below 256 KiB. */
export const MAX_INSTANCES_PER_NETWORK = 5_000;

const NETWORK_HASH = /^[0-9a-f]{64}$/;

export function parseRegistryRequest(text: string): RegistryRequest | undefined {
  const message = parseObject(text);
  if (message?.type === 'ping') return { type: 'ping' };
  if (message?.type !== 'register') return undefined;
  const { network, id } = message;
  if (typeof network !== 'string' || !NETWORK_HASH.test(network)) return undefined;
  if (typeof id !== 'string' || !isNodeId(id)) return undefined;
  return { type: 'register', network, id };
}

export function parseRegistryReply(text: string): RegistryReply | undefined {
  const message = parseObject(text);
  switch (message?.type) {
    case 'pong':
      return { type: 'pong' };
    case 'refused': {
      const reason = message.reason;
      return typeof reason === 'string' ? { type: 'refused', reason: reason.slice(0, 200) } : undefined;
    }
    case 'joined':
    case 'left': {
      const id = message.id;
      return typeof id === 'string' && isNodeId(id) ? { type: message.type, id } : undefined;
    }
    case 'instances': {
      const ids: unknown = message.ids;
      if (!Array.isArray(ids) || ids.length > MAX_INSTANCES_PER_NETWORK) return undefined;
      const known = ids.filter((id: unknown): id is NodeId => typeof id === 'string' && isNodeId(id));
      return known.length === ids.length ? { type: 'instances', ids: known } : undefined;
    }
    default:
      return undefined;
  }
}

/** Every field a message may have, before any of it is believed. */
type Unchecked = { readonly [field in 'type' | 'network' | 'id' | 'ids' | 'reason']?: unknown };

function parseObject(text: string): Unchecked | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
