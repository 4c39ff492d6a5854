/**
 * The one encoding of a plain value: equal values have equal bytes in every engine, and bytes that are not the encoding of any value are
 * refused, so that a hash names one value and a value has one hash. A tag byte, then what it says; lengths and whole numbers are LEB128 in
 * as few bytes as they need; maps have their keys ascending by UTF-16 code units. (msgpack has several encodings of one value, CBOR's
 * deterministic form sorts by encoded bytes: neither is shorter to check than to write.)
 *
 * tag 0 null, 1 false, 2 true, 3 whole number from 0, 4 whole number below 0 (-1 - n), 5 other number (IEEE 754 double, big-endian),
 * 6 text (bytes of UTF-8), 7 bytes, 8 list (count, values), 9 map (count, then key as length and UTF-8, value)
 */
import type { Plain } from './contract.ts';
import {
  FORBIDDEN_KEY,
  heightOf,
  isWhole,
  MAX_PLAIN_DEPTH,
  settle,
  settledBytesOf,
  settledListOf,
  settledMapOf,
  sizeOf,
} from './plain.ts';

const Tag = {
  null: 0,
  false: 1,
  true: 2,
  whole: 3,
  negative: 4,
  float: 5,
  text: 6,
  bytes: 7,
  list: 8,
  map: 9,
} as const;

const encoder = new TextEncoder();
/** A mark of byte order is a character like others. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws NotPlainError */
export function encodePlain(value: Plain): Uint8Array {
  const settled = settle(value);
  const bytes = new Uint8Array(sizeOf(settled));
  new Writer(bytes).value(settled);
  return bytes;
}

/** The value, or undefined where these bytes are not what `encodePlain` writes. It is in order, but not settled. Never throws. */
export function decodePlain(bytes: Uint8Array): Plain | undefined {
  return decoded(bytes, false);
}

/** The same, settled: sizes are read with the rest, and no text is measured anew. For what stays. */
export function decodeSettled(bytes: Uint8Array): Plain | undefined {
  return decoded(bytes, true);
}

function decoded(bytes: Uint8Array, isSettled: boolean): Plain | undefined {
  const reader = new Reader(bytes, isSettled);
  try {
    const value = reader.value(0);
    return reader.isAtEnd ? value : undefined;
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

class Malformed extends Error {}

class Writer {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  value(value: Plain): void {
    if (value === null) this.#byte(Tag.null);
    else if (typeof value === 'boolean') this.#byte(value ? Tag.true : Tag.false);
    else if (typeof value === 'number') this.#number(value);
    else if (typeof value === 'string') {
      this.#byte(Tag.text);
      this.#text(value);
    } else if (value instanceof Uint8Array) {
      this.#byte(Tag.bytes);
      this.#varint(value.length);
      this.#bytes.set(value, this.#at);
      this.#at += value.length;
    } else if (isList(value)) {
      this.#byte(Tag.list);
      this.#varint(value.length);
      for (const item of value) this.value(item);
    } else this.#map(value);
  }

  #map(value: { readonly [key: string]: Plain }): void {
    // Settled maps are in order, but for keys that look like indices, which JavaScript puts first.
    const keys = Object.keys(value).sort();
    this.#byte(Tag.map);
    this.#varint(keys.length);
    for (const key of keys) {
      this.#text(key);
      this.value(value[key] ?? null);
    }
  }

  #number(value: number): void {
    if (!isWhole(value)) {
      this.#byte(Tag.float);
      this.#view.setFloat64(this.#at, value);
      this.#at += 8;
    } else if (value >= 0) {
      this.#byte(Tag.whole);
      this.#varint(value);
    } else {
      this.#byte(Tag.negative);
      this.#varint(-1 - value);
    }
  }

  #text(text: string): void {
    if (this.#shortAscii(text)) return;
    const bytes = encoder.encode(text);
    this.#varint(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** Most keys and words are that, and a call of the encoder costs more than their characters. False: it is another. */
  #shortAscii(text: string): boolean {
    const { length } = text;
    if (length >= 0x80) return false;
    const start = this.#at + 1;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) return false;
      this.#bytes[start + i] = code;
    }
    this.#byte(length);
    this.#at = start + length;
    return true;
  }

  #varint(value: number): void {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#byte((rest % 0x80) + 0x80);
    this.#byte(rest);
  }

  #byte(byte: number): void {
    this.#bytes[this.#at++] = byte;
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  /** What it gives is. */
  readonly #isSettled: boolean;
  #at = 0;

  constructor(bytes: Uint8Array, isSettled: boolean) {
    this.#bytes = bytes;
    this.#isSettled = isSettled;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  value(depth: number): Plain {
    const from = this.#at;
    const tag = this.#byte();
    switch (tag) {
      case Tag.null:
        return null;
      case Tag.false:
      case Tag.true:
        return tag === Tag.true;
      case Tag.whole:
        return this.#varint();
      case Tag.negative:
        return this.#negative();
      case Tag.float:
        return this.#float();
      case Tag.text:
        return this.#text();
      case Tag.bytes:
        return this.#copy(from);
      case Tag.list:
        return this.#list(from, depth);
      case Tag.map:
        return this.#map(from, depth);
      default:
        throw new Malformed();
    }
  }

  #copy(from: number): Plain {
    const copy = this.#take(this.#varint()).slice();
    return this.#isSettled ? settledBytesOf(copy, this.#at - from) : copy;
  }

  #list(from: number, depth: number): Plain {
    const list: Plain[] = [];
    let height = 0;
    for (let left = this.#count(depth); left > 0; left--) {
      const item = this.value(depth + 1);
      height = Math.max(height, heightOf(item));
      list.push(item);
    }
    return this.#isSettled ? settledListOf(list, { bytes: this.#at - from, height: height + 1 }) : list;
  }

  #map(from: number, depth: number): Plain {
    const map: Record<string, Plain> = {};
    let height = 0;
    let before: string | undefined;
    for (let left = this.#count(depth); left > 0; left--) {
      const key = this.#text();
      if (key === FORBIDDEN_KEY || (before !== undefined && key <= before)) throw new Malformed();
      const value = this.value(depth + 1);
      height = Math.max(height, heightOf(value));
      map[key] = value;
      before = key;
    }
    return this.#isSettled ? settledMapOf(map, { bytes: this.#at - from, height: height + 1 }) : map;
  }

  /** Of elements, each of which takes a byte at least: nothing is made for more than there can be. */
  #count(depth: number): number {
    const count = this.#varint();
    if (depth >= MAX_PLAIN_DEPTH || count > this.#bytes.length - this.#at) throw new Malformed();
    return count;
  }

  #text(): string {
    try {
      return decoder.decode(this.#take(this.#varint()));
    } catch {
      throw new Malformed();
    }
  }

  #negative(): number {
    const value = -1 - this.#varint();
    if (!isWhole(value)) throw new Malformed();
    return value;
  }

  #float(): number {
    const bytes = this.#take(8);
    const value = new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0);
    if (!Number.isFinite(value) || isWhole(value)) throw new Malformed();
    return value;
  }

  #varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.#byte();
      value += (byte % 0x80) * scale;
      if (!Number.isSafeInteger(value)) throw new Malformed();
      if (byte >= 0x80) continue;
      if (byte === 0 && scale > 1) throw new Malformed(); // longer than it need be
      return value;
    }
  }

  #take(count: number): Uint8Array {
    const from = this.#at;
    if (count > this.#bytes.length - from) throw new Malformed();
    this.#at = from + count;
    return this.#bytes.subarray(from, this.#at);
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new Malformed();
    return byte;
  }
}

function isList(value: object): value is readonly Plain[] {
  return Array.isArray(value);
}
