/**
 * Our own broadcasts that have not begun to leave, or not wholly. They are laid out into frames only when the window is
 * open, so waiting costs no copy, and small ones that wait together leave together under one signature.
 */
import { Fifo } from '../../runtime/index.ts';
import type { Token } from '../vocabulary.ts';
import { isBodyGone, type PreparedMessage, writeMessageHead } from '../window/message.ts';
import { BROADCAST_OVERHEAD_BYTES, CONTENT_AT, MAX_CONTENT_BYTES } from './broadcast-frame.ts';
import { ChunkFlag, chunkHeadBytes, writeChunkHead } from './chunks.ts';

interface Waiting {
  readonly token: Token;
  /** Settled with its last chunk: a send to very many is several chunks. */
  readonly isLastOfToken: boolean;
  readonly stream: number;
  readonly targets: Uint8Array;
  readonly message: PreparedMessage;
  readonly enqueuedAt: number;
  readonly timeoutMs: number;
  sentBytes: number;
  isGone: boolean;
}

export interface PackedFrame {
  /** Room for header and head, the chunks, room for the signature. */
  readonly frame: Uint8Array;
  /** Whose last chunk is in it. */
  readonly finished: readonly Token[];
}

/** A first piece shorter than this is not worth its chunk: the message waits for the next frame. Holds any head. */
const MIN_FIRST_PIECE_BYTES = 128;
const NO_TARGETS = new Uint8Array();

export class OutgoingBroadcasts {
  readonly #waiting = new Fifo<Waiting>();
  readonly #byToken = new Map<Token, Waiting[]>();
  #lost: Token[] = [];
  #progressAt = 0;
  #earliestAt = Number.POSITIVE_INFINITY;

  get isEmpty(): boolean {
    return this.#byToken.size === 0;
  }

  /** `targetLists`: encoded; one chunk for each. Empty list of lists: to everyone. */
  push(
    token: Token,
    stream: number,
    targetLists: readonly Uint8Array[],
    message: PreparedMessage,
    timeoutMs: number,
    now: number,
  ): void {
    const lists = targetLists.length === 0 ? [NO_TARGETS] : targetLists;
    const entries = lists.map((targets, i) => ({
      token,
      isLastOfToken: i === lists.length - 1,
      stream,
      targets,
      message,
      enqueuedAt: now,
      timeoutMs,
      sentBytes: 0,
      isGone: false,
    }));
    if (this.isEmpty) this.#earliestAt = Number.POSITIVE_INFINITY;
    for (const entry of entries) this.#waiting.push(entry);
    this.#byToken.set(token, entries);
    this.#earliestAt = Math.min(this.#earliestAt, now + timeoutMs);
  }

  /** Takes back what has not begun to leave; false when it has, or is not here. */
  cancel(token: Token): boolean {
    const entries = this.#byToken.get(token);
    if (!entries || entries.some(({ sentBytes }) => sentBytes > 0)) return false;
    for (const entry of entries) entry.isGone = true;
    return this.#byToken.delete(token);
  }

  /** No message can time out before this. */
  get earliestTimeoutAt(): number {
    return this.isEmpty ? Number.POSITIVE_INFINITY : this.#earliestAt;
  }

  /** Takes out what has not begun although nothing has left for as long as it would wait. By the time it would wait. */
  takeTimedOut(now: number): Map<number, Token[]> {
    const late = new Map<number, Token[]>();
    this.#earliestAt = Number.POSITIVE_INFINITY;
    for (const [token, [first]] of this.#byToken) {
      if (!first || first.sentBytes > 0) continue;
      const { enqueuedAt, timeoutMs } = first;
      const dueAt = Math.max(enqueuedAt, this.#progressAt) + timeoutMs;
      if (now < dueAt) {
        this.#earliestAt = Math.min(this.#earliestAt, dueAt);
      } else if (this.cancel(token)) {
        const tokens = late.get(timeoutMs);
        if (tokens) tokens.push(token);
        else late.set(timeoutMs, [token]);
      }
    }
    return late;
  }

  /** Those whose bodies were found to be gone when they were to leave: they do not wait any more. */
  takeLost(): Token[] {
    const lost = this.#lost;
    this.#lost = [];
    return lost;
  }

  /** Everything that waits, whole or in part. */
  drain(): Token[] {
    const tokens = [...this.#byToken.keys()];
    this.#byToken.clear();
    this.#waiting.drain();
    return tokens;
  }

  /** The next frame, undefined when nothing waits. */
  pack(now: number): PackedFrame | undefined {
    const plan: { readonly entry: Waiting; readonly flags: number; readonly piece: number }[] = [];
    let used = 0;
    for (let entry = this.#peek(); entry; entry = this.#peek()) {
      const begun = entry.sentBytes > 0 ? 0 : ChunkFlag.first;
      const rest = entry.message.headBytes + entry.message.bodyBytes - entry.sentBytes;
      const room = MAX_CONTENT_BYTES - used;
      const wholeHead = chunkHeadBytes(begun | ChunkFlag.last, entry.targets.length);
      if (wholeHead + rest <= room) {
        plan.push({ entry, flags: begun | ChunkFlag.last, piece: rest });
        used += wholeHead + rest;
        this.#waiting.shift();
        continue;
      }
      const head = chunkHeadBytes(begun, entry.targets.length);
      if (room - head >= MIN_FIRST_PIECE_BYTES) {
        plan.push({ entry, flags: begun, piece: room - head });
        used = MAX_CONTENT_BYTES;
      }
      break;
    }
    if (plan.length === 0) return undefined;
    const frame = new Uint8Array(BROADCAST_OVERHEAD_BYTES + used);
    const finished: Token[] = [];
    let at = CONTENT_AT;
    for (const { entry, flags, piece } of plan) {
      at = writePiece(entry, flags, piece, frame, at);
      if ((flags & ChunkFlag.last) === 0 || !entry.isLastOfToken) continue;
      finished.push(entry.token);
      this.#byToken.delete(entry.token);
    }
    this.#progressAt = now;
    return { frame, finished };
  }

  #peek(): Waiting | undefined {
    for (let first = this.#waiting.peek(); first; first = this.#waiting.peek()) {
      if (!first.isGone && !isBodyGone(first.message)) return first;
      this.#waiting.shift();
      // Receivers forget the half that has left with the beginning of the next message.
      if (!first.isGone && this.#byToken.delete(first.token)) this.#lost.push(first.token);
    }
    return undefined;
  }
}

function writePiece(entry: Waiting, flags: number, piece: number, frame: Uint8Array, start: number): number {
  const { message, stream, targets } = entry;
  const total = message.headBytes + message.bodyBytes;
  let at = writeChunkHead(frame, start, { flags, length: piece, stream, targets, total });
  const end = at + piece;
  if (entry.sentBytes === 0) {
    at = writeMessageHead(message, frame, at);
    frame.set(message.body.subarray(0, end - at), at);
  } else {
    const from = entry.sentBytes - message.headBytes;
    frame.set(message.body.subarray(from, from + piece), at);
  }
  entry.sentBytes += piece;
  return end;
}
