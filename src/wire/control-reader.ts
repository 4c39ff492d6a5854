/**
 * The one gate for untrusted msgpack: one value, nothing after it, every length inside the bytes, size, nesting and number of
 * elements bounded, keys short texts, no extension types (they would make dates, errors or code). A decoder that trusts an
 * array's announced length allocates it first; here a count is held against what is left before anything is made. A byte of
 * msgpack can become a hundred of memory (an empty map is one byte and an object): what a body may cost is therefore its
 * elements, not its length alone. Bytes that are refused give no value, not even half of one.
 * Format: the msgpack specification at github.com/msgpack/msgpack.
 */
export type ControlProblem =
  | 'too-long'
  | 'too-many'
  | 'truncated'
  | 'trailing-bytes'
  | 'too-deep'
  | 'bad-type'
  | 'bad-key';

/** What a body may be at most. */
export interface ControlLimits {
  readonly maxBytes: number;
  /** Nested lists and maps. */
  readonly maxDepth: number;
  /** Values of every kind together, the outermost and those of maps included; keys are not counted. */
  readonly maxElements: number;
}

export type DecodedControl =
  | { readonly value: unknown; readonly problem?: undefined }
  | { readonly value?: undefined; readonly problem: ControlProblem };

const MAX_KEY_BYTES = 64;
/** An assignment to it would set an object's prototype. */
const FORBIDDEN_KEY = '__proto__';
/** Up to here a text is put together faster than a decoder is called. */
const SHORT_TEXT_BYTES = 24;
const LOW_WORD = 2 ** 32;

/** Where the bytes of a float become one. */
const float = new DataView(new ArrayBuffer(8));
// A mark of byte order is a character like others.
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Whether `key`, of so many bytes, may name a field. */
export function isControlKey(key: string, byteLength: number): boolean {
  return byteLength <= MAX_KEY_BYTES && key !== FORBIDDEN_KEY;
}

/** The value of an untrusted body, or why it has none. Never throws. */
export function readControl(bytes: Uint8Array, limits: ControlLimits): DecodedControl {
  if (bytes.length > limits.maxBytes) return { problem: 'too-long' };
  const reader = new ControlReader(bytes, limits);
  const value = reader.value(0);
  const problem = reader.problem ?? (reader.isAtEnd ? undefined : 'trailing-bytes');
  return problem ? { problem } : { value };
}

/** After the first problem each method gives `undefined`; nobody looks at what was made until then. */
class ControlReader {
  problem: ControlProblem | undefined;
  readonly #bytes: Uint8Array;
  readonly #limits: ControlLimits;
  #at = 0;
  #elements = 0;

  constructor(bytes: Uint8Array, limits: ControlLimits) {
    this.#bytes = bytes;
    this.#limits = limits;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  value(depth: number): unknown {
    const tag = this.#bytes[this.#at++];
    if (tag === undefined) return this.#fail('truncated');
    if (++this.#elements > this.#limits.maxElements) return this.#fail('too-many');
    if (tag <= 0x7f) return tag;
    if (tag <= 0x8f) return this.#map(tag & 0x0f, depth);
    if (tag <= 0x9f) return this.#list(tag & 0x0f, depth);
    if (tag <= 0xbf) return this.#text(tag & 0x1f);
    if (tag >= 0xe0) return tag - 0x100;
    switch (tag) {
      case 0xc0:
        return null;
      case 0xc2:
      case 0xc3:
        return tag === 0xc3;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#blob(this.#unsigned(1 << (tag - 0xc4)));
      case 0xca:
        return this.#float(4);
      case 0xcb:
        return this.#float(8);
      case 0xcc:
      case 0xcd:
      case 0xce:
      case 0xcf:
        return this.#unsigned(1 << (tag - 0xcc));
      case 0xd0:
      case 0xd1:
      case 0xd2:
      case 0xd3:
        return this.#signed(1 << (tag - 0xd0));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#unsigned(1 << (tag - 0xd9)));
      case 0xdc:
      case 0xdd:
        return this.#list(this.#unsigned(tag === 0xdc ? 2 : 4), depth);
      case 0xde:
      case 0xdf:
        return this.#map(this.#unsigned(tag === 0xde ? 2 : 4), depth);
      default:
        return this.#fail('bad-type');
    }
  }

  #list(count: number | undefined, depth: number): unknown {
    const list: unknown[] = [];
    if (!this.#mayHold(count, depth)) return undefined;
    for (let i = 0; i < count; i++) {
      list.push(this.value(depth + 1));
      if (this.problem) return undefined;
    }
    return list;
  }

  #map(count: number | undefined, depth: number): unknown {
    const map: Record<string, unknown> = {};
    if (!this.#mayHold(count, depth)) return undefined;
    for (let i = 0; i < count; i++) {
      const key = this.#key();
      if (key === undefined) return undefined;
      map[key] = this.value(depth + 1);
      if (this.problem) return undefined;
    }
    return map;
  }

  /** Before any of so many elements is looked at. */
  #mayHold(count: number | undefined, depth: number): count is number {
    if (count === undefined) return false;
    if (depth >= this.#limits.maxDepth) this.#fail('too-deep');
    else if (count > this.#bytes.length - this.#at)
      this.#fail('truncated'); // every element takes a byte
    else if (count > this.#limits.maxElements - this.#elements) this.#fail('too-many');
    return !this.problem;
  }

  #key(): string | undefined {
    const tag = this.#bytes[this.#at++];
    if (tag === undefined) return this.#fail('truncated');
    const isShort = tag >= 0xa0 && tag <= 0xbf;
    if (!isShort && tag !== 0xd9) return this.#fail('bad-key');
    const length = isShort ? tag & 0x1f : this.#unsigned(1);
    const key = this.#text(length);
    if (length === undefined || key === undefined) return undefined;
    return isControlKey(key, length) ? key : this.#fail('bad-key');
  }

  #text(length: number | undefined): string | undefined {
    const from = this.#take(length);
    if (from < 0) return undefined;
    if (this.#at - from > SHORT_TEXT_BYTES) return utf8.decode(this.#bytes.subarray(from, this.#at));
    let text = '';
    for (let at = from; at < this.#at; at++) {
      const byte = this.#bytes[at] ?? 0;
      if (byte > 0x7f) return utf8.decode(this.#bytes.subarray(from, this.#at));
      text += String.fromCharCode(byte);
    }
    return text;
  }

  #blob(length: number | undefined): Uint8Array | undefined {
    const from = this.#take(length);
    return from < 0 ? undefined : this.#bytes.subarray(from, this.#at);
  }

  #float(width: 4 | 8): number | undefined {
    const from = this.#take(width);
    if (from < 0) return undefined;
    for (let i = 0; i < width; i++) float.setUint8(i, this.#bytes[from + i] ?? 0);
    return width === 4 ? float.getFloat32(0) : float.getFloat64(0);
  }

  /** Of 1, 2, 4 or 8 bytes; the nearest double, beyond 2^53. */
  #unsigned(width: number): number | undefined {
    const from = this.#take(width);
    if (from < 0) return undefined;
    const first = this.#word(from, Math.min(width, 4));
    return width === 8 ? first * LOW_WORD + this.#word(from + 4, 4) : first;
  }

  #signed(width: number): number | undefined {
    const from = this.#take(width);
    if (from < 0) return undefined;
    const unused = 32 - 8 * Math.min(width, 4);
    const first = (this.#word(from, Math.min(width, 4)) << unused) >> unused;
    return width === 8 ? first * LOW_WORD + this.#word(from + 4, 4) : first;
  }

  /** Up to four bytes, which are there, as a number that is not negative. */
  #word(from: number, width: number): number {
    let word = 0;
    for (let i = 0; i < width; i++) word = (word << 8) | (this.#bytes[from + i] ?? 0);
    return word >>> 0;
  }

  /** The offset of the next `count` bytes, which are then behind us; -1 when there are not so many, or their number is none. */
  #take(count: number | undefined): number {
    const from = this.#at;
    if (count === undefined || count > this.#bytes.length - from) {
      this.#fail('truncated');
      return -1;
    }
    this.#at = from + count;
    return from;
  }

  #fail(problem: ControlProblem): undefined {
    this.problem ??= problem;
  }
}
