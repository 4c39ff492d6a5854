/**
 * The queue out: messages of one stream in order, laid out into packets only when the window has a free slot. Waiting
 * costs no copy; a body is copied once, into the frame that carries it. So small messages that wait together leave
 * together.
 */
import { Fifo } from '../fifo.ts';
import { type PreparedMessage, writeMessageHead } from './message.ts';
import { PACKET_HEAD_BYTES, RECORD_BYTES, RecordFlag, SPLIT_RECORD_BYTES, writeRecord } from './packet.ts';

/** A message on its way. `token` is the caller's, to settle it by. */
export interface Outgoing<Token> {
  readonly token: Token;
  message: PreparedMessage;
  /** Bytes of the body that packets carry already. */
  sentBytes: number;
  isBegun: boolean;
  isPacked: boolean;
  /** Acknowledged, failed or cancelled: nobody waits for it any more. */
  isSettled: boolean;
}

export interface Packed<Token> {
  /** `headroom` zero bytes, then the packet, whose lap byte is still zero. */
  readonly frame: Uint8Array;
  /** Messages whose last piece is in this packet. */
  readonly finished: readonly Outgoing<Token>[];
}

/** A first piece shorter than this is not worth its record: the message waits for the next packet. Holds any head. */
const MIN_FIRST_PIECE_BYTES = 128;
const RELEASED: PreparedMessage = {
  kind: 0,
  name: new Uint8Array(),
  requestId: 0,
  body: new Uint8Array(),
  headBytes: 0,
};

export class OutgoingQueue<Token> {
  readonly #waiting = new Fifo<Outgoing<Token>>();
  // The plan of the packet being laid out, kept between calls to spare the allocation.
  readonly #pieces: Outgoing<Token>[] = [];
  readonly #pieceBytes: number[] = [];
  #messages = 0;
  #bytes = 0;

  /** Messages not yet wholly laid out. */
  get messages(): number {
    return this.#messages;
  }

  /** Bytes of their bodies not yet laid out. */
  get bytes(): number {
    return this.#bytes;
  }

  push(message: PreparedMessage, token: Token): Outgoing<Token> {
    const outgoing = {
      token,
      message,
      sentBytes: 0,
      isBegun: false,
      isPacked: false,
      isSettled: false,
    };
    this.#waiting.push(outgoing);
    this.#messages++;
    this.#bytes += message.body.length;
    return outgoing;
  }

  /** Gives a message up; false when it was settled before. One half sent is abandoned on the other side too. */
  cancel(outgoing: Outgoing<Token>): boolean {
    if (outgoing.isSettled) return false;
    outgoing.isSettled = true;
    if (!outgoing.isPacked) this.#release(outgoing);
    return true;
  }

  /** The next packet of at most `packetBytes` after `headroom` bytes, undefined when nothing waits. */
  pack(headroom: number, packetBytes: number): Packed<Token> | undefined {
    const used = this.#plan(packetBytes);
    if (this.#pieces.length === 0) return undefined;
    const frame = new Uint8Array(headroom + used);
    const finished: Outgoing<Token>[] = [];
    let at = headroom + PACKET_HEAD_BYTES;
    for (let i = 0; i < this.#pieces.length; i++) {
      const outgoing = this.#pieces[i];
      if (!outgoing) continue;
      at = this.#write(outgoing, this.#pieceBytes[i] ?? 0, frame, at);
      if (outgoing.isPacked && !outgoing.isSettled) finished.push(outgoing);
    }
    this.#pieces.length = 0;
    this.#pieceBytes.length = 0;
    return { frame, finished };
  }

  /** Takes the message out that is half sent, if there is one and somebody still waits for it. */
  dropBegun(): Outgoing<Token> | undefined {
    const first = this.#waiting.peek();
    if (!first?.isBegun) return undefined;
    this.#waiting.shift();
    if (first.isSettled) return undefined;
    this.#release(first);
    first.isSettled = true;
    return first;
  }

  /** Takes out everything that somebody still waits for, oldest first. */
  drain(): Outgoing<Token>[] {
    const rest = this.#waiting.drain().filter((outgoing) => !outgoing.isSettled);
    for (const outgoing of rest) {
      this.#release(outgoing);
      outgoing.isSettled = true;
    }
    return rest;
  }

  /** Chooses the pieces of the next packet and returns its length. Messages that end in it leave the queue. */
  #plan(packetBytes: number): number {
    let used = PACKET_HEAD_BYTES;
    for (;;) {
      const outgoing = this.#waiting.peek();
      if (!outgoing) return used;
      if (outgoing.isSettled && !outgoing.isBegun) {
        this.#waiting.shift();
        continue;
      }
      const room = packetBytes - used;
      const rest = outgoing.isSettled ? 0 : unsentBytes(outgoing);
      if (rest + RECORD_BYTES <= room) {
        used += RECORD_BYTES + rest;
        this.#pieces.push(outgoing);
        this.#pieceBytes.push(rest);
        this.#waiting.shift();
        continue;
      }
      const recordBytes = outgoing.isBegun ? RECORD_BYTES : SPLIT_RECORD_BYTES;
      const piece = room - recordBytes;
      if (piece < MIN_FIRST_PIECE_BYTES) return used;
      this.#pieces.push(outgoing);
      this.#pieceBytes.push(piece);
      return used + recordBytes + piece;
    }
  }

  #write(outgoing: Outgoing<Token>, piece: number, frame: Uint8Array, at: number): number {
    const { message, isBegun } = outgoing;
    if (outgoing.isSettled) {
      outgoing.isPacked = true;
      return writeRecord(frame, at, RecordFlag.last | RecordFlag.abandoned, 0, 0);
    }
    const isLast = piece === unsentBytes(outgoing);
    const flags = (isBegun ? 0 : RecordFlag.first) | (isLast ? RecordFlag.last : 0);
    let next = writeRecord(frame, at, flags, piece, message.headBytes + message.body.length);
    const end = next + piece;
    if (!isBegun) next = writeMessageHead(message, frame, next);
    const from = outgoing.sentBytes;
    const to = from + end - next;
    frame.set(
      from === 0 && to === message.body.length ? message.body : message.body.subarray(from, to),
      next,
    );
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

  #release(outgoing: Outgoing<Token>): void {
    this.#messages--;
    this.#bytes -= outgoing.message.body.length - outgoing.sentBytes;
    outgoing.message = RELEASED;
  }
}

function unsentBytes(outgoing: Outgoing<unknown>): number {
  const head = outgoing.isBegun ? 0 : outgoing.message.headBytes;
  return head + outgoing.message.body.length - outgoing.sentBytes;
}
