/**
 * The queue out: messages of one stream in order, laid out into packets only when the window has a free slot. Waiting
 * costs no copy; a body is copied once, into the frame that carries it. So small messages that wait together leave
 * together.
 */
import { Fifo } from '../../runtime/index.ts';
import { isBodyGone, type PreparedMessage, writeMessageHead } from './message.ts';
import { CHUNK_BYTES, ChunkFlag, PACKET_HEAD_BYTES, SPLIT_CHUNK_BYTES, writeChunk } from './packet.ts';

/** A message on its way. `ticket` is the caller's, to settle it by. */
export interface Outgoing<Ticket> {
  readonly ticket: Ticket;
  readonly enqueuedAtMs: number;
  readonly timeoutMs: number;
  /** Somebody waits for its acknowledgement, or for what that frees. */
  readonly isAwaited: boolean;
  message: PreparedMessage;
  /** Bytes of the body that packets carry already. */
  sentBytes: number;
  isBegun: boolean;
  isPacked: boolean;
  /** Acknowledged, failed or cancelled: nobody waits for it any more. */
  isSettled: boolean;
}

export interface Packed<Ticket> {
  /** `headroom` bytes and the head of the packet, which are still to be written, then its chunks. */
  readonly frame: Uint8Array;
  /** Everything that has a piece in it. */
  readonly messages: readonly Outgoing<Ticket>[];
  /** Its first chunk begins a message. */
  readonly isClean: boolean;
}

/** A first piece shorter than this is not worth its chunk: the message waits for the next packet. Holds any head. */
const MIN_FIRST_PIECE_BYTES = 128;
/**
 * Nor is one that would take less than this share of a packet, if the next packet can carry the whole message: whole in one
 * packet it is a view on it at the receiver, in two it is put together by a copy. A guess; 64 KiB messages follow each other whole.
 */
const LEAST_SHARE = 1 / 8;
const RELEASED: PreparedMessage = {
  kind: 0,
  name: new Uint8Array(),
  requestId: 0,
  body: new Uint8Array(),
  bodyBytes: 0,
  headBytes: 0,
};

export class OutgoingQueue<Ticket> {
  readonly #newFrame: (bytes: number) => Uint8Array;
  readonly #onBodyGone: (outgoing: Outgoing<Ticket>) => void;
  readonly #waiting = new Fifo<Outgoing<Ticket>>();
  // The plan of the packet being laid out, kept between calls to spare the allocation.
  #pieces: Outgoing<Ticket>[] = [];
  readonly #pieceBytes: number[] = [];
  #messages = 0;
  #bytes = 0;

  /**
   * `newFrame`: where frames come from; whatever is in them is overwritten. `onBodyGone`: this message cannot be sent (any more), and
   * has to be settled.
   */
  constructor(newFrame: (bytes: number) => Uint8Array, onBodyGone: (outgoing: Outgoing<Ticket>) => void) {
    this.#newFrame = newFrame;
    this.#onBodyGone = onBodyGone;
  }

  /** Messages not yet wholly laid out that somebody waits for. */
  get messages(): number {
    return this.#messages;
  }

  /** Bytes of their bodies not yet laid out. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Nothing to lay out, not even the word that a message half sent is given up. */
  get isEmpty(): boolean {
    return this.#messages === 0 && this.#waiting.peek()?.isBegun !== true;
  }

  /** Somebody waits for the acknowledgement of a packet with these in it, or what waits here for the room it makes. */
  isAwaited(packed: readonly Outgoing<Ticket>[]): boolean {
    return !this.isEmpty || packed.some(({ isAwaited }) => isAwaited);
  }

  push(
    message: PreparedMessage,
    ticket: Ticket,
    timeoutMs: number,
    now: number,
    isAwaited: boolean,
  ): Outgoing<Ticket> {
    const outgoing = {
      ticket,
      enqueuedAtMs: now,
      timeoutMs,
      isAwaited,
      message,
      sentBytes: 0,
      isBegun: false,
      isPacked: false,
      isSettled: false,
    };
    this.#waiting.push(outgoing);
    this.#messages++;
    this.#bytes += message.bodyBytes;
    return outgoing;
  }

  /** Marks a message as settled and lets its body go. One half sent is abandoned on the other side with the next packet. */
  settle(outgoing: Outgoing<Ticket>): void {
    outgoing.isSettled = true;
    if (!outgoing.isPacked) this.#release(outgoing);
  }

  /** The next packet of at most `packetBytes` after `headroom` bytes, undefined when nothing waits. */
  pack(headroom: number, packetBytes: number): Packed<Ticket> | undefined {
    const used = this.#plan(packetBytes);
    const messages = this.#pieces;
    const [first] = messages;
    if (!first) return undefined;
    const isClean = !first.isBegun;
    const frame = this.#newFrame(headroom + used);
    let at = headroom + PACKET_HEAD_BYTES;
    for (let i = 0; i < messages.length; i++) {
      const outgoing = messages[i];
      if (outgoing) at = this.#write(outgoing, this.#pieceBytes[i] ?? 0, frame, at);
    }
    this.#pieces = [];
    this.#pieceBytes.length = 0;
    return { frame, messages, isClean };
  }

  /** The message that is half sent, if somebody still waits for it. */
  get begun(): Outgoing<Ticket> | undefined {
    const first = this.#waiting.peek();
    return first?.isBegun && !first.isSettled ? first : undefined;
  }

  /** Nothing needs to be said of what was half sent: the other side has lost it anyway. */
  forgetBegun(): void {
    if (this.#waiting.peek()?.isBegun) this.#waiting.shift();
  }

  /** Everything that somebody waits for, oldest first. */
  pending(): Outgoing<Ticket>[] {
    const all = this.#waiting.drain();
    const pending: Outgoing<Ticket>[] = [];
    for (const outgoing of all) {
      if (outgoing.isSettled && !outgoing.isBegun) continue;
      this.#waiting.push(outgoing);
      if (!outgoing.isSettled) pending.push(outgoing);
    }
    return pending;
  }

  /** Chooses the pieces of the next packet and returns its length. Messages that end in it leave the queue. */
  #plan(packetBytes: number): number {
    let used = PACKET_HEAD_BYTES;
    for (;;) {
      const outgoing = this.#waiting.peek();
      if (!outgoing) return used;
      if (!outgoing.isSettled && isBodyGone(outgoing.message)) this.#onBodyGone(outgoing);
      if (outgoing.isSettled && !outgoing.isBegun) {
        this.#waiting.shift();
        continue;
      }
      const room = packetBytes - used;
      const rest = outgoing.isSettled ? 0 : unsentBytes(outgoing);
      if (rest + CHUNK_BYTES <= room) {
        used += CHUNK_BYTES + rest;
        this.#pieces.push(outgoing);
        this.#pieceBytes.push(rest);
        this.#waiting.shift();
        continue;
      }
      const chunkBytes = outgoing.isBegun ? CHUNK_BYTES : SPLIT_CHUNK_BYTES;
      const piece = room - chunkBytes;
      if (piece < MIN_FIRST_PIECE_BYTES) return used;
      if (piece < packetBytes * LEAST_SHARE && mayWaitForNext(outgoing, packetBytes)) return used;
      this.#pieces.push(outgoing);
      this.#pieceBytes.push(piece);
      return used + chunkBytes + piece;
    }
  }

  #write(outgoing: Outgoing<Ticket>, piece: number, frame: Uint8Array, at: number): number {
    const { message, isBegun } = outgoing;
    if (outgoing.isSettled) {
      outgoing.isPacked = true;
      return writeChunk(frame, at, ChunkFlag.last | ChunkFlag.abandoned, 0, 0);
    }
    const isLast = piece === unsentBytes(outgoing);
    const flags = (isBegun ? 0 : ChunkFlag.first) | (isLast ? ChunkFlag.last : 0);
    let next = writeChunk(frame, at, flags, piece, message.headBytes + message.bodyBytes);
    const end = next + piece;
    if (!isBegun) next = writeMessageHead(message, frame, next);
    const from = outgoing.sentBytes;
    const to = from + end - next;
    frame.set(from === 0 && to === message.bodyBytes ? message.body : message.body.subarray(from, to), next);
    this.#bytes -= to - from;
    outgoing.sentBytes = to;
    outgoing.isBegun = true;
    if (isLast) {
      outgoing.isPacked = true;
      outgoing.message = RELEASED;
      this.#messages--;
    }
    return end;
  }

  #release(outgoing: Outgoing<Ticket>): void {
    this.#messages--;
    this.#bytes -= outgoing.message.bodyBytes - outgoing.sentBytes;
    outgoing.message = RELEASED;
  }
}

/** Nothing of it has left, and one packet can carry all of it. */
function mayWaitForNext(outgoing: Outgoing<unknown>, packetBytes: number): boolean {
  return !outgoing.isBegun && PACKET_HEAD_BYTES + CHUNK_BYTES + unsentBytes(outgoing) <= packetBytes;
}

function unsentBytes(outgoing: Outgoing<unknown>): number {
  const head = outgoing.isBegun ? 0 : outgoing.message.headBytes;
  return head + outgoing.message.bodyBytes - outgoing.sentBytes;
}
