/**
 * Small byte arrays out of large ones: an ArrayBuffer of its own costs each as much as a microsecond. The large one lives as long as
 * any of its parts, so that it is for bytes that are gone soon.
 */
const SLAB_BYTES = 64 * 1024;
/** Larger ones are their own. */
const MAX_PART_BYTES = 4 * 1024;

export class Slab {
  #bytes = new Uint8Array();
  #at = 0;

  /** Zeros, nobody else's. */
  take(length: number): Uint8Array {
    if (length > MAX_PART_BYTES) return new Uint8Array(length);
    if (this.#at + length > this.#bytes.length) {
      this.#bytes = new Uint8Array(SLAB_BYTES);
      this.#at = 0;
    }
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}
