/**
 * What the packed arrays of a binary FBX unpack to, looked at before three's loader does: that believes each stream, so that a file
 * of some kilobytes could take all memory. The records are walked as that loader walks them; where they make no sense it says so.
 */
import { Unzlib } from 'fflate';
import { SceneError } from '../errors.ts';
import { MAX_DECODED_BYTES } from '../limits.ts';

const HEADER_BYTES = 27;
const VERSION_AT = 23;
/** From this version on, sizes have 64 bits. */
const LONG_VERSION = 7500;
/** Behind the last record. */
const FOOTER_BYTES = 176;

/** Bytes of a value of each type, and of an element of each kind of array. */
const VALUES: Readonly<Record<string, number>> = { C: 1, Y: 2, I: 4, F: 4, D: 8, L: 8 };
const ELEMENTS: Readonly<Record<string, number>> = { b: 1, c: 1, i: 4, f: 4, d: 8, l: 8 };

/** How much of a stream is unpacked at once: this times a thousand is the most that it can become. */
const PIECE_BYTES = 16_384;

/** @throws SceneError `too-large` */
export function checkFbxArrays(bytes: Uint8Array, name: string, maxBytes = MAX_DECODED_BYTES): void {
  try {
    const sizes = new ArraySizes(bytes, name, maxBytes);
    while (sizes.readRecord());
  } catch (cause) {
    if (cause instanceof SceneError) throw cause;
    // It ends early, or a stream is damaged: the loader comes no further either.
  }
}

class ArraySizes {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #name: string;
  readonly #maxBytes: number;
  #total = 0;
  #at = HEADER_BYTES;

  constructor(bytes: Uint8Array, name: string, maxBytes: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#name = name;
    this.#maxBytes = maxBytes;
  }

  /** Children follow their parent's properties, so that records stand one after the other. @returns whether there may be another one */
  readRecord(): boolean {
    const isLong = this.#view.getUint32(VERSION_AT, true) >= LONG_VERSION;
    const size = (): number => this.#word() + (isLong ? this.#word() * 2 ** 32 : 0);
    const [end, properties] = [size(), size()];
    size();
    this.#at += 1 + this.#view.getUint8(this.#at);
    for (let i = 0; end > 0 && i < properties; i++) this.#property();
    return this.#at < this.#bytes.length - FOOTER_BYTES;
  }

  #property(): void {
    const type = String.fromCharCode(this.#view.getUint8(this.#at++));
    const value = VALUES[type];
    const element = ELEMENTS[type];
    if (value !== undefined) this.#at += value;
    else if (type === 'S' || type === 'R') this.#skip(this.#word());
    else if (element !== undefined) this.#array(element);
    else throw new RangeError(`there is no property of type ${type}`);
  }

  /** After what tells how much: `at` has moved meanwhile. */
  #skip(bytes: number): void {
    this.#at += bytes;
  }

  #array(elementBytes: number): void {
    const [claimed, isPacked, packedBytes] = [elementBytes * this.#word(), this.#word() !== 0, this.#word()];
    const stored = isPacked ? packedBytes : claimed;
    const data = this.#bytes.subarray(this.#at, this.#at + stored);
    if (data.length < stored) throw new RangeError('the file is cut short');
    this.#at += stored;
    this.#total += claimed;
    this.#checkTotal();
    if (!isPacked) return;
    let unpacked = 0;
    const stream = new Unzlib((part) => {
      unpacked += part.length;
    });
    for (let from = 0; from < data.length; from += PIECE_BYTES) {
      stream.push(data.subarray(from, from + PIECE_BYTES), from + PIECE_BYTES >= data.length);
      if (unpacked <= claimed) continue;
      this.#total += unpacked - claimed;
      this.#checkTotal();
      throw new SceneError('too-large', this.#name, 'holds packed data that are more than it says');
    }
  }

  #checkTotal(): void {
    if (this.#total <= this.#maxBytes) return;
    throw new SceneError('too-large', this.#name, `unpacks to more than ${this.#maxBytes / 2 ** 20} MiB`);
  }

  #word(): number {
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4, true);
  }
}
