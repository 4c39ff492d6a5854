/**
 * What Nodes that have a room say to each other about it. Each message begins with its sender's mark (keys.ts) and is sealed under the read
 * key; updates are sealed already, each by itself, and travel as they are.
 */
import type { Cryptography } from '../../mesh/index.ts';
import { concatBytes, equalBytes, fromHex, toHex } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { decodePlain, encodePlain } from './canonical.ts';
import type { CheckpointHash, EpochId, Plain, UpdateHash } from './contract.ts';
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
/** Marks of one message: more rooms than a page has open. */
export const MAX_MARKS_SAID = 256;
/** Updates of one message, whatever they weigh. */
const MAX_UPDATES = 4096;

/** What a Node that has a room shows of itself. */
export interface Presence {
  /** Of one room, with all keys that it has, those that it writes with first. */
  readonly marks: readonly Uint8Array[];
  /** It has the room for a moment: nobody counts on what it has. */
  readonly isPassing: boolean;
}

/** What a Node has. */
export interface Heads {
  readonly heads: readonly UpdateHash[];
  /** Updates, all together. */
  readonly count: number;
  /** "And you?" */
  readonly isQuestion: boolean;
  /** The number of the question that this is, or, where it is none, answers: what was on its way before somebody asked is no answer. */
  readonly question?: number | undefined;
  /** The first STATE_HASH_BYTES of the hash of its state, in hex, where it says so: to make one costs a walk over the state. */
  readonly stateHash?: string | undefined;
  /** The newest, on which the heads stand: NO_CHECKPOINT while there is none. */
  readonly checkpoint: CheckpointHash;
}

/** What somebody has who asks for more: its newest checkpoint, its heads and what lies further and further back. */
export interface Known {
  readonly checkpoint: CheckpointHash;
  readonly hashes: readonly UpdateHash[];
}

/** A piece of what was asked for, each update after its parents, each checkpoint after what it covers. */
export interface CatchUpAnswer {
  readonly items: readonly Uint8Array[];
  /** How many are to come after these. */
  readonly left: number;
  /** The item is a checkpoint whose snapshot is to be had here, instead of what it closed. */
  readonly isSnapshot: boolean;
}

/** Which piece of which snapshot. */
export interface PieceName {
  readonly checkpoint: CheckpointHash;
  readonly index: number;
}

/** Somebody wants to make the checkpoints, and shows that it may. */
export interface RoleRequest {
  readonly key: Uint8Array;
  readonly certificate: Uint8Array;
}

const CONTEXTS = {
  heads: 1,
  ask: 2,
  answer: 3,
  genesis: 4,
  latest: 5,
  piece: 6,
  pieceOf: 7,
  role: 8,
  members: 9,
  turns: 10,
  message: 11,
  thanks: 12,
} as const;
export type MessageKind = keyof typeof CONTEXTS;

/** As a Keyring has them, or a link before it is known of which epoch it is. */
export interface ReadableKeys {
  readonly current: Readable;
  readonly held: readonly Readable[];
}

interface Readable {
  readonly id: EpochId;
  readonly read: ReadKeys;
}

/** Puts messages of one room into bytes and back, for one Node, with the keys that it has. */
export class Envelope {
  readonly #self: NodeId;
  readonly #keyring: ReadableKeys;
  readonly #cryptography: Cryptography;
  readonly #isPassing: boolean;
  readonly #marks = new Map<string, Uint8Array>();

  /** @param isPassing as in `Rooms.keep` */
  constructor(self: NodeId, keyring: ReadableKeys, cryptography: Cryptography, isPassing = false) {
    this.#self = self;
    this.#keyring = keyring;
    this.#cryptography = cryptography;
    this.#isPassing = isPassing;
  }

  /** This Node's, with the keys that it writes with. */
  get ownMark(): Uint8Array {
    return this.#markOf(this.#keyring.current, this.#self);
  }

  /** That it has the room: its mark with all keys that it has, those that it writes with first. */
  get presence(): Uint8Array {
    return encodePresence({
      marks: this.#keyring.held.map((epoch) => this.#markOf(epoch, this.#self)),
      isPassing: this.#isPassing,
    });
  }

  /** Whether the mark in front of these bytes is that Node's for this room. */
  isFrom(sender: NodeId, bytes: Uint8Array): boolean {
    return this.epochOf(sender, bytes) !== undefined;
  }

  /** With whose keys these bytes are sealed, as the mark in front says; undefined: not of this room, or with keys that are not here. */
  epochOf(sender: NodeId, bytes: Uint8Array): Readable | undefined {
    const mark = bytes.subarray(0, MARK_BYTES);
    return this.#keyring.held.find((epoch) => equalBytes(mark, this.#markOf(epoch, sender)));
  }

  /** @param epoch whose keys: those that are written with, if it is not said */
  close(kind: MessageKind, body: Uint8Array, epoch: Readable = this.#keyring.current): Uint8Array {
    const mark = this.#markOf(epoch, this.#self);
    return concatBytes(mark, seal(epoch.read, body, contextOf(kind), this.#cryptography));
  }

  /** A piece of a snapshot, whose SHA-256 that is. */
  closePiece(piece: Uint8Array, digest: Uint8Array): Uint8Array {
    const { current } = this.#keyring;
    const sealed = seal(current.read, piece, contextOf('pieceOf'), this.#cryptography, digest);
    return concatBytes(this.#markOf(current, this.#self), sealed);
  }

  /** The body of a message of that Node; undefined where it does not open. */
  open(kind: MessageKind, sender: NodeId, message: Uint8Array): Uint8Array | undefined {
    const epoch = this.epochOf(sender, message);
    return epoch && unseal(epoch.read, message.subarray(MARK_BYTES), contextOf(kind));
  }

  closeUpdates(updates: readonly Uint8Array[], keys: EpochId): Uint8Array {
    const epoch = this.#keyring.held.find(({ id }) => id === keys) ?? this.#keyring.current;
    return concatBytes(this.#markOf(epoch, this.#self), encodePlain(updates));
  }

  openUpdates(message: Uint8Array): readonly Uint8Array[] | undefined {
    return readUpdates(decodePlain(message.subarray(MARK_BYTES)));
  }

  #markOf({ id, read }: Readable, sender: NodeId): Uint8Array {
    const name = `${id} ${sender}`;
    let mark = this.#marks.get(name);
    if (!mark) {
      mark = markOf(read, sender, this.#cryptography);
      if (this.#marks.size >= MAX_MARKS) this.#marks.clear();
      this.#marks.set(name, mark);
    }
    return mark;
  }
}

/** Behind the marks, a byte of whoever passes. */
function encodePresence({ marks, isPassing }: Presence): Uint8Array {
  return concatBytes(...marks, new Uint8Array(isPassing ? 1 : 0));
}

export function decodePresence(bytes: Uint8Array): Presence {
  return { marks: decodeMarks(bytes), isPassing: bytes.length % MARK_BYTES === 1 };
}

export function decodeMarks(bytes: Uint8Array): readonly Uint8Array[] {
  const count = Math.min(MAX_MARKS_SAID, Math.floor(bytes.length / MARK_BYTES));
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * MARK_BYTES, (i + 1) * MARK_BYTES));
}

export function encodeHeads({
  heads,
  count,
  isQuestion,
  question,
  stateHash,
  checkpoint,
}: Heads): Uint8Array {
  const hashes = concatBytes(...heads.map(fromHex));
  const numbered = question === undefined ? [] : [question];
  return encodePlain([count, isQuestion, hashes, fromHex(stateHash ?? ''), fromHex(checkpoint), ...numbered]);
}

export function decodeHeads(body: Uint8Array): Heads | undefined {
  const list = decodePlain(body);
  if (!Array.isArray(list) || list.length < 5 || list.length > 6) return undefined;
  const [count, isQuestion, hashes, stateHash, named, question]: readonly Plain[] = list;
  const checkpoint = checkpointOf(named);
  const heads = hashes instanceof Uint8Array ? readHashes(hashes, MAX_HEADS) : undefined;
  if (!heads || !isCount(count) || typeof isQuestion !== 'boolean') return undefined;
  if (!(stateHash instanceof Uint8Array) || checkpoint === undefined) return undefined;
  if (question !== undefined && !isCount(question)) return undefined;
  const said = { heads, count, isQuestion, checkpoint, ...(question === undefined ? {} : { question }) };
  if (stateHash.length === 0) return said;
  return stateHash.length === STATE_HASH_BYTES ? { ...said, stateHash: toHex(stateHash) } : undefined;
}

export function encodeKnown({ checkpoint, hashes }: Known): Uint8Array {
  return encodePlain([fromHex(checkpoint), concatBytes(...hashes.map(fromHex))]);
}

export function decodeKnown(body: Uint8Array): Known | undefined {
  const list = decodePlain(body);
  if (!Array.isArray(list) || list.length !== 2) return undefined;
  const [named, bytes]: readonly Plain[] = list;
  const checkpoint = checkpointOf(named);
  const hashes = bytes instanceof Uint8Array ? readHashes(bytes, MAX_KNOWN) : undefined;
  return hashes && checkpoint !== undefined ? { checkpoint, hashes } : undefined;
}

export function encodeAnswer({ items, left, isSnapshot }: CatchUpAnswer): Uint8Array {
  return encodePlain([left, isSnapshot, items]);
}

export function decodeAnswer(body: Uint8Array): CatchUpAnswer | undefined {
  const list = decodePlain(body);
  if (!Array.isArray(list) || list.length !== 3) return undefined;
  const [left, isSnapshot, bytes]: readonly Plain[] = list;
  const items = readUpdates(bytes);
  return items && isCount(left) && typeof isSnapshot === 'boolean' ? { items, left, isSnapshot } : undefined;
}

export function encodePieceName({ checkpoint, index }: PieceName): Uint8Array {
  return encodePlain([fromHex(checkpoint), index]);
}

export function decodePieceName(body: Uint8Array): PieceName | undefined {
  const list = decodePlain(body);
  if (!Array.isArray(list) || list.length !== 2) return undefined;
  const [named, index]: readonly Plain[] = list;
  const checkpoint = checkpointOf(named);
  return checkpoint !== undefined && isCount(index) ? { checkpoint, index } : undefined;
}

export function encodeRole({ key, certificate }: RoleRequest): Uint8Array {
  return encodePlain([key, certificate]);
}

export function decodeRole(body: Uint8Array): RoleRequest | undefined {
  const list = decodePlain(body);
  if (!Array.isArray(list) || list.length !== 2) return undefined;
  const [key, certificate]: readonly Plain[] = list;
  return key instanceof Uint8Array && certificate instanceof Uint8Array ? { key, certificate } : undefined;
}

/** Undefined where these bytes are no hash, and not none. */
function checkpointOf(bytes: Plain | undefined): CheckpointHash | undefined {
  if (!(bytes instanceof Uint8Array) || (bytes.length !== 0 && bytes.length !== 32)) return undefined;
  return toHex(bytes) as CheckpointHash;
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
