/**
 * What Nodes that have a room say to each other about it. Each message begins with its sender's mark (keys.ts) and is sealed under the read
 * key; updates are sealed already, each by itself, and travel as they are.
 */
import type { Cryptography } from '../../mesh/index.ts';
import { concatBytes, equalBytes, fromHex, toHex } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { decodePlain, encodePlain } from './canonical.ts';
import type { Plain, UpdateHash } from './contract.ts';
import { MARK_BYTES, markOf, type ReadKeys } from './keys.ts';
import { seal, unseal } from './seal.ts';
import { readHashes } from './update.ts';

/** Heads that a message names: the deepest. More concurrent writers than that know of each other after one more update. */
export const MAX_HEADS = 64;
/** Hashes that somebody who asks knows: its heads, and one for each doubling of the way back. */
export const MAX_KNOWN = MAX_HEADS + 32;
/** Enough to find a difference; nobody gains by making two states that have the same. */
export const STATE_HASH_BYTES = 8;
/** More Nodes than a network has. */
const MAX_MARKS = 1024;
/** Updates of one message, whatever they weigh. */
const MAX_UPDATES = 4096;

/** What a Node has. */
export interface Heads {
  readonly heads: readonly UpdateHash[];
  /** Updates, all together. */
  readonly count: number;
  /** "And you?" */
  readonly isQuestion: boolean;
  /** The first STATE_HASH_BYTES of the hash of its state, in hex, where it says so: to make one costs a walk over the state. */
  readonly stateHash?: string | undefined;
}

/** A piece of what was asked for, each update after its parents. */
export interface CatchUpAnswer {
  readonly updates: readonly Uint8Array[];
  /** How many are to come after these. */
  readonly left: number;
}

const CONTEXTS = { heads: 1, ask: 2, answer: 3, genesis: 4, latest: 5 } as const;
export type MessageKind = keyof typeof CONTEXTS;

/** Puts messages of one room into bytes and back, for one Node. */
export class Envelope {
  readonly #keys: ReadKeys;
  readonly #cryptography: Cryptography;
  readonly #marks = new Map<NodeId, Uint8Array>();
  /** This Node's. */
  readonly ownMark: Uint8Array;

  constructor(self: NodeId, keys: ReadKeys, cryptography: Cryptography) {
    this.#keys = keys;
    this.#cryptography = cryptography;
    this.ownMark = markOf(keys, self, cryptography);
  }

  /** Whether the mark in front of these bytes is that Node's for this room. */
  isFrom(sender: NodeId, bytes: Uint8Array): boolean {
    let mark = this.#marks.get(sender);
    if (!mark) {
      mark = markOf(this.#keys, sender, this.#cryptography);
      if (this.#marks.size >= MAX_MARKS) this.#marks.clear();
      this.#marks.set(sender, mark);
    }
    return equalBytes(bytes.subarray(0, MARK_BYTES), mark);
  }

  close(kind: MessageKind, body: Uint8Array): Uint8Array {
    return concatBytes(this.ownMark, seal(this.#keys, body, contextOf(kind), this.#cryptography));
  }

  /** The body of a message whose mark has been looked at; undefined where it does not open. */
  open(kind: MessageKind, message: Uint8Array): Uint8Array | undefined {
    return unseal(this.#keys, message.subarray(MARK_BYTES), contextOf(kind));
  }

  closeUpdates(updates: readonly Uint8Array[]): Uint8Array {
    return concatBytes(this.ownMark, encodePlain(updates));
  }

  openUpdates(message: Uint8Array): readonly Uint8Array[] | undefined {
    return readUpdates(decodePlain(message.subarray(MARK_BYTES)));
  }
}

export function encodeHeads({ heads, count, isQuestion, stateHash }: Heads): Uint8Array {
  return encodePlain([count, isQuestion, concatBytes(...heads.map(fromHex)), fromHex(stateHash ?? '')]);
}

export function decodeHeads(body: Uint8Array): Heads | undefined {
  const list = decodePlain(body);
  if (!Array.isArray(list) || list.length !== 4) return undefined;
  const [count, isQuestion, hashes, stateHash]: readonly Plain[] = list;
  const heads = hashes instanceof Uint8Array ? readHashes(hashes, MAX_HEADS) : undefined;
  if (!heads || !isCount(count) || typeof isQuestion !== 'boolean') return undefined;
  if (!(stateHash instanceof Uint8Array)) return undefined;
  if (stateHash.length === 0) return { heads, count, isQuestion };
  return stateHash.length === STATE_HASH_BYTES
    ? { heads, count, isQuestion, stateHash: toHex(stateHash) }
    : undefined;
}

export function encodeKnown(known: readonly UpdateHash[]): Uint8Array {
  return concatBytes(...known.map(fromHex));
}

export function decodeKnown(body: Uint8Array): readonly UpdateHash[] | undefined {
  return readHashes(body, MAX_KNOWN);
}

export function encodeAnswer({ updates, left }: CatchUpAnswer): Uint8Array {
  return encodePlain([left, updates]);
}

export function decodeAnswer(body: Uint8Array): CatchUpAnswer | undefined {
  const list = decodePlain(body);
  if (!Array.isArray(list) || list.length !== 2) return undefined;
  const [left, bytes]: readonly Plain[] = list;
  const updates = readUpdates(bytes);
  return updates && isCount(left) ? { updates, left } : undefined;
}

function readUpdates(list: Plain | undefined): readonly Uint8Array[] | undefined {
  if (!Array.isArray(list) || list.length > MAX_UPDATES) return undefined;
  const items: readonly Plain[] = list;
  const updates = items.filter((item) => item instanceof Uint8Array);
  return updates.length === items.length ? updates : undefined;
}

function contextOf(kind: MessageKind): Uint8Array {
  return Uint8Array.of(CONTEXTS[kind]);
}

function isCount(value: Plain | undefined): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
