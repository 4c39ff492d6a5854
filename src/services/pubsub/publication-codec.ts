/**
 * The bytes of a publication between Nodes (docs/protocol.md). Binary, and read without copying the payload: it is most of what Brokers
 * send, and every Node on the way to several targets gets the same bytes.
 */
import { NODE_ID_BYTES, type NodeId, nodeIdFromBytes, writeNodeId } from '../../wire/index.ts';
import { MAX_PAYLOAD_LIMIT, MAX_SUBJECT_BYTES, type Subject } from './contract.ts';
import { MAX_QUEUE_LENGTH } from './interest-messages.ts';
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
const MAX_PICKS = 0xffff;
/** Flags, number of the result, number of the place. */
const HEAD_BYTES = 9;
/** A Node, and the number it has to have. */
const AFTER_BYTES = NODE_ID_BYTES + 4;
const NO_TARGETS: ReadonlyMap<NodeId, number> = new Map();
const MAX_QUEUE_BYTES = 4 * MAX_QUEUE_LENGTH;

const utf8 = new TextEncoder();
const reader = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function encodePublication(
  { publication, seq, isForGroupsOnly, picks }: Sendable,
  place: Place,
): Uint8Array {
  const { subject, reply, headers, payload } = publication;
  const subjectBytes = utf8.encode(subject);
  const replyBytes = reply === undefined ? undefined : utf8.encode(reply);
  const picked = [...picks].flatMap(([node, queues]) =>
    queues.map((queue) => ({ node, queue: utf8.encode(queue) })),
  );
  const after = place.way === 'line' ? NO_TARGETS : place.after;
  const picksLength = picked.reduce((sum, { queue }) => sum + NODE_ID_BYTES + 2 + queue.length, 0);
  const bytes = new Uint8Array(
    HEAD_BYTES +
      (place.way === 'line' ? 4 : 0) +
      (after.size > 0 ? 2 + after.size * AFTER_BYTES : 0) +
      2 +
      subjectBytes.length +
      (replyBytes ? 2 + replyBytes.length : 0) +
      (picked.length > 0 ? 2 + picksLength : 0) +
      (headers ? 4 + headers.length : 0) +
      payload.length,
  );
  const view = new DataView(bytes.buffer);
  bytes[0] =
    (replyBytes ? Flag.reply : 0) |
    (headers ? Flag.headers : 0) |
    (isForGroupsOnly ? Flag.groupsOnly : 0) |
    (picked.length > 0 ? Flag.picks : 0) |
    (place.way === 'line' ? Flag.line : 0) |
    (after.size > 0 ? Flag.after : 0);
  view.setUint32(1, seq);
  view.setUint32(5, place.number);
  let at = HEAD_BYTES;
  if (place.way === 'line') {
    view.setUint32(at, place.after);
    at += 4;
  } else if (after.size > 0) {
    view.setUint16(at, after.size);
    at += 2;
    for (const [node, number] of after) {
      writeNodeId(node, bytes, at);
      view.setUint32(at + NODE_ID_BYTES, number);
      at += AFTER_BYTES;
    }
  }
  at = putShort(bytes, view, at, subjectBytes);
  if (replyBytes) at = putShort(bytes, view, at, replyBytes);
  if (picked.length > 0) {
    view.setUint16(at, picked.length);
    at += 2;
    for (const { node, queue } of picked) {
      writeNodeId(node, bytes, at);
      at = putShort(bytes, view, at + NODE_ID_BYTES, queue);
    }
  }
  if (headers) {
    view.setUint32(at, headers.length);
    bytes.set(headers, at + 4);
    at += 4 + headers.length;
  }
  bytes.set(payload, at);
  return bytes;
}

function putShort(bytes: Uint8Array, view: DataView, at: number, text: Uint8Array): number {
  view.setUint16(at, text.length);
  bytes.set(text, at + 2);
  return at + 2 + text.length;
}

/** Undefined for what is no publication. `self`: whose picks are read. */
export function decodePublication(bytes: Uint8Array, from: NodeId, self: NodeId): Incoming | undefined {
  const cursor = new Cursor(bytes);
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

/** After the first problem everything is undefined, and `isBroken`. */
class Cursor {
  isBroken = false;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  byte(): number | undefined {
    return this.#take(1)?.[0];
  }

  u32(): number | undefined {
    const at = this.#at;
    return this.#take(4) && this.#view.getUint32(at);
  }

  u16(): number | undefined {
    const at = this.#at;
    return this.#take(2) && this.#view.getUint16(at);
  }

  subject(): Subject | undefined {
    const text = this.#text(MAX_SUBJECT_BYTES);
    if (text === undefined || subjectProblem(text) !== undefined) return this.#fail();
    return text as Subject;
  }

  long(): Uint8Array | undefined {
    const length = this.u32();
    return length === undefined ? undefined : this.#take(length);
  }

  picks(self: NodeId): readonly string[] {
    const queues: string[] = [];
    const count = Math.min(this.u16() ?? 0, MAX_PICKS);
    for (let i = 0; i < count && !this.isBroken; i++) {
      const node = this.#take(NODE_ID_BYTES);
      const queue = this.#text(MAX_QUEUE_BYTES);
      if (node && queue && nodeIdFromBytes(node) === self) queues.push(queue);
    }
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
    return this.#bytes.subarray(this.#at);
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

  #take(length: number): Uint8Array | undefined {
    if (this.isBroken || this.#at + length > this.#bytes.length) return this.#fail();
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  #fail(): undefined {
    this.isBroken = true;
  }
}
