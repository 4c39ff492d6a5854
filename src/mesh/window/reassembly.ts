/**
 * Puts a message that came in pieces together. The announced length is not trusted with memory: the buffer grows with
 * what has really arrived, so a sender who promises 16 MiB and sends 1 KiB costs 256 KiB at most.
 */
import { MAX_MESSAGE_BYTES } from '../contract.ts';
import { MAX_MESSAGE_HEAD_BYTES } from './message.ts';

/** Announced lengths up to this are allocated at once, so that the usual large message is copied a single time. */
const TRUSTED_BYTES = 256 * 1024;

export class Reassembly {
  #buffer: Uint8Array | undefined;
  #total = 0;
  #filled = 0;

  get isActive(): boolean {
    return this.#buffer !== undefined;
  }

  /** What the buffer takes now. */
  get keptBytes(): number {
    return this.#buffer?.length ?? 0;
  }

  /** What it may yet take. */
  get promisedBytes(): number {
    return this.#buffer === undefined ? 0 : this.#total - this.#buffer.length;
  }

  /** False when the message may not begin here: too long, or another one is under way. */
  begin(total: number): boolean {
    if (this.#buffer || total > MAX_MESSAGE_BYTES + MAX_MESSAGE_HEAD_BYTES) return false;
    this.#buffer = new Uint8Array(Math.min(total, TRUSTED_BYTES));
    this.#total = total;
    this.#filled = 0;
    return true;
  }

  /** Copies the piece in; false when no message is under way or it would overflow. */
  append(packet: Uint8Array, start: number, end: number): boolean {
    const filled = this.#filled + end - start;
    if (!this.#buffer || filled > this.#total) return false;
    if (filled > this.#buffer.length) {
      const grown = new Uint8Array(Math.min(this.#total, Math.max(filled, 2 * this.#buffer.length)));
      grown.set(this.#buffer.subarray(0, this.#filled));
      this.#buffer = grown;
    }
    this.#buffer.set(packet.subarray(start, end), this.#filled);
    this.#filled = filled;
    return true;
  }

  /** The whole message, undefined unless exactly the announced bytes came. The next one may begin. */
  finish(): Uint8Array | undefined {
    const whole = this.#filled === this.#total ? this.#buffer : undefined;
    this.abandon();
    return whole;
  }

  abandon(): void {
    this.#buffer = undefined;
    this.#total = 0;
    this.#filled = 0;
  }
}
