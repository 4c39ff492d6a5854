/**
 * Plain values as msgpack: the shortest form of each, but for maps, whose count always takes two bytes (what all versions so far
 * have written, and hashed). Whatever it writes, control-reader.ts takes: what that would refuse is refused here, by the same
 * limits.
 * Format: the msgpack specification at github.com/msgpack/msgpack.
 */
import { type ControlLimits, type ControlProblem, isControlKey } from './control-reader.ts';

const FIRST_BYTES = 256;

/** Where a float becomes bytes. */
const float = new DataView(new ArrayBuffer(8));
const floatBytes = new Uint8Array(float.buffer);
const utf8 = new TextEncoder();

/** @returns the bytes, or why there are none: a mistake of the caller's */
export function writeControl(value: unknown, limits: ControlLimits): Uint8Array | ControlProblem {
  const writer = new ControlWriter(limits);
  writer.value(value, 0);
  return writer.problem ?? writer.bytes();
}

class ControlWriter {
  problem: ControlProblem | undefined;
  readonly #limits: ControlLimits;
  #bytes = new Uint8Array(FIRST_BYTES);
  #length = 0;
  #elements = 0;

  constructor(limits: ControlLimits) {
    this.#limits = limits;
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  value(value: unknown, depth: number): void {
    if (++this.#elements > this.#limits.maxElements) this.#fail('too-many');
    else if (typeof value === 'number') this.#number(value);
    else if (typeof value === 'string') this.#text(value);
    else if (typeof value === 'boolean') this.#head(value ? 0xc3 : 0xc2, 0, 0);
    else if (value === null) this.#head(0xc0, 0, 0);
    else if (value instanceof Uint8Array) this.#blob(value);
    else if (Array.isArray(value)) this.#list(value, depth);
    else if (isPlainObject(value)) this.#map(value, depth);
    else this.#fail('bad-type');
  }

  #list(list: readonly unknown[], depth: number): void {
    if (depth >= this.#limits.maxDepth) this.#fail('too-deep');
    else if (list.length < 0x10) this.#head(0x90 | list.length, 0, 0);
    else this.#counted(0xdc, list.length, 2);
    for (const value of list) {
      if (this.problem) return;
      this.value(value, depth + 1);
    }
  }

  #map(map: Readonly<Record<string, unknown>>, depth: number): void {
    const keys = Object.keys(map);
    if (depth >= this.#limits.maxDepth) this.#fail('too-deep');
    else this.#counted(0xde, keys.length, 2);
    for (const key of keys) {
      if (this.problem) return;
      if (!isControlKey(key, this.#text(key))) this.#fail('bad-key');
      else this.value(map[key], depth + 1);
    }
  }

  /** @returns its length in bytes */
  #text(text: string): number {
    if (text.length < 0x20 && this.#isWrittenAsAscii(text)) return text.length;
    const bytes = utf8.encode(text);
    if (bytes.length < 0x20) this.#head(0xa0 | bytes.length, 0, 0);
    else this.#counted(0xd9, bytes.length, 1);
    this.#put(bytes);
    return bytes.length;
  }

  /** Most are: faster than calling an encoder. False, with nothing written, at the first other character. */
  #isWrittenAsAscii(text: string): boolean {
    const at = this.#room(1 + text.length);
    if (this.problem) return true;
    this.#bytes[at] = 0xa0 | text.length;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) {
        this.#length = at;
        return false;
      }
      this.#bytes[at + 1 + i] = unit;
    }
    return true;
  }

  #blob(bytes: Uint8Array): void {
    this.#counted(0xc4, bytes.length, 1);
    this.#put(bytes);
  }

  #number(value: number): void {
    if (value >>> 0 === value) {
      if (value < 0x80) this.#head(value, 0, 0);
      else this.#counted(0xcc, value, 1);
    } else if (value >> 0 === value) {
      if (value >= -0x20) this.#head(value & 0xff, 0, 0);
      else if (value >= -0x80) this.#head(0xd0, value, 1);
      else if (value >= -0x8000) this.#head(0xd1, value, 2);
      else this.#head(0xd2, value, 4);
    } else {
      this.#head(0xcb, 0, 0);
      float.setFloat64(0, value);
      this.#put(floatBytes);
    }
  }

  /** A number that is not negative, in as few bytes as it takes, `least` of them at least; `tag` is that of the fewest. */
  #counted(tag: number, count: number, least: 1 | 2): void {
    if (least === 1 && count < 0x100) this.#head(tag, count, 1);
    else if (count < 0x10000) this.#head(tag + 2 - least, count, 2);
    else this.#head(tag + 3 - least, count, 4);
  }

  #head(tag: number, count: number, width: 0 | 1 | 2 | 4): void {
    const at = this.#room(1 + width);
    this.#bytes[at] = tag;
    for (let i = 0; i < width; i++) this.#bytes[at + width - i] = count >> (8 * i);
  }

  #put(bytes: Uint8Array): void {
    const at = this.#room(bytes.length);
    if (!this.problem) this.#bytes.set(bytes, at);
  }

  /** The offset of `count` bytes more; 0 once there may be no more. */
  #room(count: number): number {
    const at = this.#length;
    if (at + count > this.#limits.maxBytes) this.#fail('too-long');
    if (this.problem) return 0;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    return at;
  }

  #fail(problem: ControlProblem): void {
    this.problem ??= problem;
  }
}

/** Of any realm. Dates, maps and the like have a tag of their own. */
function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return Object.prototype.toString.call(value) === '[object Object]';
}
