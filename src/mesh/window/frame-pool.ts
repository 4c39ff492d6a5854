/**
 * The frames of one sending window, used again once they are acknowledged. A fresh buffer of a hundred kilobytes costs a zeroing,
 * its page faults and a part of a garbage collection, together as much as everything else that a page does for a packet
 * (measured by bench/unicast). Not shared between windows: who acknowledges what has not come yet may find that the frame it
 * is sent late holds a later packet, and that must be one of its own.
 */

/** Smaller ones come and go too seldom, or beside each other in one packet. */
const LEAST_BYTES = 32 * 1024;
/** Free ones that are kept: those of one acknowledgement. */
const MAX_FREE = 4;

export class FramePool {
  readonly #frameBytes: number;
  readonly #isInUse: boolean;
  #free: ArrayBuffer[] = [];

  /** `frameBytes`: what the longest takes. Unless `mayReuse`, every frame is a fresh one. */
  constructor(frameBytes: number, mayReuse: boolean) {
    this.#frameBytes = frameBytes;
    this.#isInUse = mayReuse;
  }

  /** Its bytes are whatever they are: all of them are to be written. */
  take(bytes: number): Uint8Array {
    if (!this.#isInUse || bytes < LEAST_BYTES || bytes > this.#frameBytes) return new Uint8Array(bytes);
    return new Uint8Array(this.#free.pop() ?? new ArrayBuffer(this.#frameBytes), 0, bytes);
  }

  /** Nobody reads this frame any more. */
  giveBack({ buffer }: Uint8Array): void {
    const isOurs = buffer instanceof ArrayBuffer && buffer.byteLength === this.#frameBytes;
    if (this.#isInUse && isOurs && this.#free.length < MAX_FREE) this.#free.push(buffer);
  }

  /** Nothing is under way: keeps nothing. */
  clear(): void {
    this.#free = [];
  }
}
