/**
 * What servers that share a registry say to each other, as JSON. Each server counts its own changes; who misses one, or hears
 * a beat with another count, asks for all of that server's registrations anew. So a lost message is repaired within a second.
 */
import { isNodeId, type NodeId } from '../../src/wire/index.ts';
import type { Delivery } from '../rendezvous.ts';

/** A registration as it travels. */
export interface SharedEntry {
  readonly id: NodeId;
  readonly network: string;
  readonly addressTag: string;
  readonly since: number;
  readonly hasSpoken: boolean;
}

export type ServerMessage = { readonly from: string } & (
  | /** Every second. `revision`: how many changes it has told of. */ {
      readonly type: 'beat';
      readonly revision: number;
    }
  | { readonly type: 'added'; readonly revision: number; readonly entry: SharedEntry }
  | { readonly type: 'removed'; readonly revision: number; readonly id: NodeId; readonly since: number }
  | { readonly type: 'spoke'; readonly revision: number; readonly id: NodeId }
  /** It ends, and its sockets with it. */
  | { readonly type: 'bye' }
  /** Wants all registrations of the one that gets this. */
  | { readonly type: 'ask' }
  /** A part of them, as of `revision`. */
  | {
      readonly type: 'part';
      readonly revision: number;
      readonly index: number;
      readonly count: number;
      readonly entries: readonly SharedEntry[];
    }
  | { readonly type: 'delivery'; readonly to: NodeId; readonly delivery: Delivery }
);

/** So that a part stays below 128 KiB; NATS carries up to 1 MiB unless told otherwise. */
export const ENTRIES_PER_PART = 500;
const MAX_PARTS = 1_000;
const MAX_TEXT = 64 * 1024;

/** undefined for anything that no server of ours says. */
export function parseServerMessage(text: string): ServerMessage | undefined {
  let message: Unchecked;
  try {
    message = fields(JSON.parse(text));
  } catch {
    return undefined;
  }
  const { type, from, id, since, entry, to } = message;
  if (!isShortText(from)) return undefined;
  if (type === 'bye' || type === 'ask') return { type, from };
  if (type === 'delivery') {
    const delivery = deliveryOf(message.delivery);
    return isId(to) && delivery ? { type, from, to, delivery } : undefined;
  }
  const { revision } = message;
  if (!isCount(revision)) return undefined;
  switch (type) {
    case 'beat':
      return { type, from, revision };
    case 'added':
      return isEntry(entry) ? { type, from, revision, entry } : undefined;
    case 'removed':
      return isId(id) && isCount(since) ? { type, from, revision, id, since } : undefined;
    case 'spoke':
      return isId(id) ? { type, from, revision, id } : undefined;
    case 'part': {
      const { index, count, entries } = message;
      if (!isCount(index) || !isCount(count) || index >= count || count > MAX_PARTS) return undefined;
      if (!Array.isArray(entries) || entries.length > ENTRIES_PER_PART) return undefined;
      const known: readonly unknown[] = entries;
      return known.every(isEntry) ? { type, from, revision, index, count, entries: known } : undefined;
    }
    default:
      return undefined;
  }
}

function deliveryOf(value: unknown): Delivery | undefined {
  const { type, from, text, offeredFrom } = fields(value);
  if (!isId(from)) return undefined;
  if (type === 'joined') return { type, from };
  if (type !== 'text' || typeof text !== 'string' || text.length > MAX_TEXT) return undefined;
  if (offeredFrom === undefined) return { type, from, text };
  return isShortText(offeredFrom) ? { type, from, text, offeredFrom } : undefined;
}

function isEntry(value: unknown): value is SharedEntry {
  const { id, network, addressTag, since, hasSpoken } = fields(value);
  return (
    isId(id) &&
    typeof network === 'string' &&
    /^[0-9a-f]{64}$/.test(network) &&
    isShortText(addressTag) &&
    isCount(since) &&
    typeof hasSpoken === 'boolean'
  );
}

type Unchecked = Readonly<
  Partial<
    Record<
      | 'type'
      | 'from'
      | 'to'
      | 'id'
      | 'since'
      | 'entry'
      | 'entries'
      | 'revision'
      | 'index'
      | 'count'
      | 'delivery'
      | 'text'
      | 'offeredFrom'
      | 'network'
      | 'addressTag'
      | 'hasSpoken',
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

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 64;
}
