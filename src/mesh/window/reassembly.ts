/**
 * Puts a message that came in pieces together. The announced length is not trusted with memory: what is kept is the pieces that
 * came, as views of the frames that brought them, and they are joined when the last is there. So a byte is copied once, and
 * what a half message takes grows with what has arrived and no faster.
 */
import { MAX_MESSAGE_BYTES } from '../contract.ts';
import { MAX_MESSAGE_HEAD_BYTES } from './message.ts';

/**
 * A piece that is not nearly all of the buffer it came in (a bundle of many frames, a packet of many messages) is copied out:
 * a view would keep the rest alive, uncounted. Header, seal and the heads of packet and chunk are less than this.
 */
const FRAME_HEAD_BYTES = 128;
/** The objects of a piece beside its bytes; less than a packet is charged beside its own (receiver.ts). */
const PIECE_OVERHEAD_BYTES = 64;

export class Reassembly {
  #pieces: Uint8Array[] | undefined;
  #total = 0;
  #filled = 0;

  get isActive(): boolean {
    return this.#pieces !== undefined;
  }

  /** What the pieces take now. */
  get keptBytes(): number {
    return this.#filled + (this.#pieces?.length ?? 0) * PIECE_OVERHEAD_BYTES;
  }

  /** What is still to come. */
  get promisedBytes(): number {
    return this.#total - this.#filled;
  }

  /** False when the message may not begin here: too long, or another one is under way. */
  begin(total: number): boolean {
    if (this.#pieces || total > MAX_MESSAGE_BYTES + MAX_MESSAGE_HEAD_BYTES) return false;
    this.#pieces = [];
    this.#total = total;
    this.#filled = 0;
    return true;
  }

  /** Keeps the piece; false when no message is under way or it would overflow. */
  append(packet: Uint8Array, start: number, end: number): boolean {
    const filled = this.#filled + end - start;
    if (!this.#pieces || filled > this.#total) return false;
    const isMostOfIt = end - start + FRAME_HEAD_BYTES >= packet.buffer.byteLength;
    this.#pieces.push(isMostOfIt ? packet.subarray(start, end) : packet.slice(start, end));
    this.#filled = filled;
    return true;
  }

  /** The whole message, undefined unless exactly the announced bytes came. The next one may begin. */
  finish(): Uint8Array | undefined {
    const whole =
      this.#pieces && this.#filled === this.#total ? joined(this.#pieces, this.#total) : undefined;
    this.abandon();
    return whole;
  }

  abandon(): void {
    this.#pieces = undefined;
    this.#total = 0;
    this.#filled = 0;
  }
}

function joined(pieces: readonly Uint8Array[], bytes: number): Uint8Array {
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
