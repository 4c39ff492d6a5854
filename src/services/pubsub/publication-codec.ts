/**
 * The bytes of publications between Nodes (docs/protocol.md). Binary, and read without copying the payload: it is most of what Brokers
 * send, and every Node on the way to several targets gets the same bytes. Each begins with its length, so that they can follow on each other.
 */
import { Slab } from '../../runtime/index.ts';
import { NODE_ID_BYTES, type NodeId, nodeIdFromBytes, writeNodeId } from '../../wire/index.ts';
import { MAX_PAYLOAD_LIMIT, MAX_SUBJECT_BYTES, type Subject } from './contract.ts';
import { MAX_PICKED, MAX_QUEUE_BYTES, MAX_QUEUE_LENGTH } from './interest-messages.ts';
import type { Publication } from './publication.ts';
import type { Place } from './sending-order.ts';
import { subjectProblem } from './subject.ts';

/** What a Node gets of an Outgoing. */
export interface Incoming {
  readonly publication: Publication;
  readonly seq: number;
  readonly isForGroupsOnly: boolean;
  /** Of which queue groups one member here is to have it. */
  readonly queues: readonly string[];
  readonly place: IncomingPlace;
}

/** Of its Place, what this Node has to know. `after`: what comes before it on the other way, 0: nothing. */
export interface IncomingPlace {
  readonly way: Place['way'];
  readonly number: number;
  readonly after: number;
}

interface Sendable {
  readonly publication: Publication;
  readonly seq: number;
  readonly isForGroupsOnly: boolean;
  readonly picks: ReadonlyMap<NodeId, readonly string[]>;
}

const Flag = { reply: 1, headers: 2, groupsOnly: 4, picks: 8, line: 16, after: 32 } as const;
const KNOWN_FLAGS = 63;
/** Of several publications that follow on each other: what is read in one go holds nobody up, and is kept as a whole for the last of them. */
export const MAX_TOGETHER_BYTES = 16 * 1024;
/** Of a publication, before it. */
const LENGTH_BYTES = 4;
/** Flags, number of the result, number of the place. */
const HEAD_BYTES = 9;
/** A Node, and the number it has to have. */
const AFTER_BYTES = NODE_ID_BYTES + 4;
const NO_TARGETS: ReadonlyMap<NodeId, number> = new Map();
const NO_PICKS: readonly Picked[] = [];

const slab = new Slab();
const utf8 = new TextEncoder();
const reader = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function encodePublication(
  { publication, seq, isForGroupsOnly, picks }: Sendable,
  place: Place,
): Uint8Array {
  const { subject, reply, headers, payload } = publication;
  const subjectBytes = encodeSubject(subject);
  const replyBytes = reply === undefined ? undefined : encodeSubject(reply);
  const picked = picks.size === 0 ? NO_PICKS : listOf(picks);
  const after = place.way === 'line' ? NO_TARGETS : place.after;
  let length = HEAD_BYTES + 2 + subjectBytes.length + payload.length;
  if (place.way === 'line') length += 4;
  if (after.size > 0) length += 2 + after.size * AFTER_BYTES;
  if (replyBytes) length += 2 + replyBytes.length;
  if (picked.length > 0) length += 2;
  for (const { queue } of picked) length += NODE_ID_BYTES + 2 + queue.length;
  if (headers) length += 4 + headers.length;

  const bytes = slab.take(LENGTH_BYTES + length);
  const start = putLong(bytes, 0, length);
  bytes[start] =
    (replyBytes ? Flag.reply : 0) |
    (headers ? Flag.headers : 0) |
    (isForGroupsOnly ? Flag.groupsOnly : 0) |
    (picked.length > 0 ? Flag.picks : 0) |
    (place.way === 'line' ? Flag.line : 0) |
    (after.size > 0 ? Flag.after : 0);
  let at = putLong(bytes, putLong(bytes, start + 1, seq), place.number);
  if (place.way === 'line') at = putLong(bytes, at, place.after);
  else if (after.size > 0) {
    at = putShort(bytes, at, after.size);
    for (const [node, number] of after) {
      writeNodeId(node, bytes, at);
      at = putLong(bytes, at + NODE_ID_BYTES, number);
    }
  }
  at = putText(bytes, at, subjectBytes);
  if (replyBytes) at = putText(bytes, at, replyBytes);
  if (picked.length > 0) at = putShort(bytes, at, picked.length);
  for (const { node, queue } of picked) {
    writeNodeId(node, bytes, at);
    at = putText(bytes, at + NODE_ID_BYTES, queue);
  }
  if (headers) {
    at = putLong(bytes, at, headers.length);
    bytes.set(headers, at);
    at += headers.length;
  }
  bytes.set(payload, at);
  return bytes;
}

interface Picked {
  readonly node: NodeId;
  readonly queue: Uint8Array;
}

function listOf(picks: ReadonlyMap<NodeId, readonly string[]>): readonly Picked[] {
  return [...picks].flatMap(([node, queues]) => queues.map((queue) => ({ node, queue: utf8.encode(queue) })));
}

/** Whoever publishes a lot does so on few subjects, one after the other. */
let encoded = { subject: '', bytes: new Uint8Array() };

function encodeSubject(subject: Subject): Uint8Array {
  if (encoded.subject !== subject) encoded = { subject, bytes: utf8.encode(subject) };
  return encoded.bytes;
}

function putShort(bytes: Uint8Array, at: number, value: number): number {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
  return at + 2;
}

function putLong(bytes: Uint8Array, at: number, value: number): number {
  return putShort(bytes, putShort(bytes, at, value >>> 16), value & 0xffff);
}

function putText(bytes: Uint8Array, at: number, text: Uint8Array): number {
  bytes.set(text, putShort(bytes, at, text.length));
  return at + 2 + text.length;
}

/**
 * One behind the other, each judged alone: undefined where it is none. Nothing is read of several that are too long together, nor behind a
 * length that is not true. `self`: whose picks are read.
 */
export function decodePublications(
  bytes: Uint8Array,
  from: NodeId,
  self: NodeId,
): readonly (Incoming | undefined)[] {
  const all: (Incoming | undefined)[] = [];
  const cursor = new Cursor(bytes, 0, bytes.length);
  do {
    const part = cursor.part(cursor.u32() ?? 0);
    if (cursor.isMore && bytes.length > MAX_TOGETHER_BYTES) return [undefined];
    all.push(part && decode(part, from, self));
  } while (cursor.isMore && !cursor.isBroken);
  return all;
}

function decode(cursor: Cursor, from: NodeId, self: NodeId): Incoming | undefined {
  const flags = cursor.byte();
  const seq = cursor.u32();
  const number = cursor.u32();
  if (flags === undefined || seq === undefined || number === undefined) return undefined;
  if ((flags & ~KNOWN_FLAGS) !== 0) return undefined;
  const way = flags & Flag.line ? 'line' : 'broadcast';
  const after = way === 'line' ? cursor.u32() : flags & Flag.after ? cursor.after(self) : 0;
  const subject = cursor.subject();
  const reply = flags & Flag.reply ? cursor.subject() : undefined;
  const queues = flags & Flag.picks ? cursor.picks(self) : [];
  const headers = flags & Flag.headers ? cursor.long() : undefined;
  if (cursor.isBroken || subject === undefined || after === undefined) return undefined;
  const payload = cursor.rest();
  if (payload.length + (headers?.length ?? 0) > MAX_PAYLOAD_LIMIT) return undefined;
  const publication = { subject, reply, headers, payload, from };
  const place = { way, number, after } as const;
  return { publication, seq, isForGroupsOnly: (flags & Flag.groupsOnly) !== 0, queues, place };
}

/** Of the last subject that was read: the next one is often the same. */
let decoded: { readonly subject: Subject | undefined; readonly bytes: Uint8Array } = {
  ...{ subject: undefined, bytes: new Uint8Array() },
};

/** After the first problem everything is undefined, and `isBroken`. */
class Cursor {
  isBroken = false;
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  get isMore(): boolean {
    return this.#at < this.#end;
  }

  /** For the next so many bytes. */
  part(length: number): Cursor | undefined {
    const start = this.#pass(length);
    return this.isBroken ? undefined : new Cursor(this.#bytes, start, this.#at);
  }

  byte(): number | undefined {
    return this.#bytes[this.#pass(1)];
  }

  u32(): number | undefined {
    const high = this.u16();
    const low = this.u16();
    return high === undefined || low === undefined ? undefined : high * 0x1_0000 + low;
  }

  u16(): number | undefined {
    const at = this.#pass(2);
    const high = this.#bytes[at];
    const low = this.#bytes[at + 1];
    return high === undefined || low === undefined ? undefined : (high << 8) | low;
  }

  subject(): Subject | undefined {
    const length = this.u16();
    if (length === undefined || length > MAX_SUBJECT_BYTES) return this.#fail();
    const from = this.#at;
    if (this.#isAt(decoded.bytes, from, length)) {
      this.#at += length;
      return decoded.subject;
    }
    this.#at = from - 2;
    const text = this.#text(MAX_SUBJECT_BYTES);
    if (text === undefined || subjectProblem(text) !== undefined) return this.#fail();
    decoded = { subject: text as Subject, bytes: this.#bytes.slice(from, from + length) };
    return decoded.subject;
  }

  long(): Uint8Array | undefined {
    const length = this.u32();
    return length === undefined ? undefined : this.#take(length);
  }

  /** No more of ours than an answer can name. */
  picks(self: NodeId): readonly string[] {
    const queues: string[] = [];
    const count = this.u16() ?? 0;
    for (let i = 0; i < count && !this.isBroken; i++) {
      const node = this.#take(NODE_ID_BYTES);
      const queue = this.#text(MAX_QUEUE_BYTES);
      if (!node || !queue || nodeIdFromBytes(node) !== self) continue;
      if (queue.length > MAX_QUEUE_LENGTH) this.#fail();
      queues.push(queue);
    }
    if (queues.length > MAX_PICKED) this.#fail();
    return queues;
  }

  /** Of a list of Nodes and numbers, ours; 0 when we are not on it. */
  after(self: NodeId): number {
    let ours = 0;
    const count = this.u16() ?? 0;
    for (let i = 0; i < count && !this.isBroken; i++) {
      const node = this.#take(NODE_ID_BYTES);
      const number = this.u32();
      if (node && number !== undefined && nodeIdFromBytes(node) === self) ours = number;
    }
    return ours;
  }

  rest(): Uint8Array {
    return this.#bytes.subarray(this.#at, this.#end);
  }

  #text(most: number): string | undefined {
    const length = this.u16();
    const bytes = length === undefined || length > most ? this.#fail() : this.#take(length);
    if (!bytes) return undefined;
    try {
      return reader.decode(bytes);
    } catch {
      return this.#fail();
    }
  }

  #isAt(expected: Uint8Array, from: number, length: number): boolean {
    if (expected.length !== length || from + length > this.#end) return false;
    for (let i = 0; i < length; i++) if (expected[i] !== this.#bytes[from + i]) return false;
    return true;
  }

  #take(length: number): Uint8Array | undefined {
    const at = this.#pass(length);
    return this.isBroken ? undefined : this.#bytes.subarray(at, at + length);
  }

  /** Where these bytes begin; beyond the end when there are fewer. */
  #pass(length: number): number {
    if (this.isBroken || this.#at + length > this.#end) {
      this.#fail();
      return this.#bytes.length;
    }
    this.#at += length;
    return this.#at - length;
  }

  #fail(): undefined {
    this.isBroken = true;
  }
}
