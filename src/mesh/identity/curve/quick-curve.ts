/**
 * The curve arithmetic of signatures in WebAssembly (assembly/): most of what a message costs that is signed for itself goes into that. The rule stays
 * that of real-cryptography.ts, to the bit: a key is believed once that has found a signature of it good, so it is canonical and of prime order; of such keys
 * S*B - k*A is computed here, and compared there.
 */
import { concatBytes } from '../../../runtime/index.ts';
import { P } from '../field.ts';
import { toLittleEndian } from '../little-endian.ts';
import { D, Point } from '../point.ts';
import { type QuickArithmetic, quicken } from '../real-cryptography.ts';
import { COMPILED } from './compiled.ts';
import { QuickCipher } from './quick-cipher.ts';
import { QuickHash } from './quick-hash.ts';

const POINT_BYTES = 160;
const PAGE_BYTES = 65_536;
/** 32 rows of 128 points, 640 KiB; made once, in 5 ms. */
const BASE_WINDOW = 8;
const BASE_TABLE_BYTES = 32 * 128 * POINT_BYTES;
/** 51 rows of 16 points, 128 KiB; made in the time of ten verifications. */
const KEY_WINDOW = 5;
const KEY_TABLE_BYTES = 51 * 16 * POINT_BYTES;
/** More than speak at one time in most networks and rooms; 8 MiB. */
const MOST_TABLES = 64;
/** Uses of a key before it gets a table, which then costs as much as two verifications without: fewer than for one in JavaScript (public-keys.ts). */
const TABLE_AFTER = 4;
const MOST_COUNTED = 1_024;

interface Curve {
  readonly memory: WebAssembly.Memory;
  readonly input: { readonly value: number };
  readonly scalar: { readonly value: number };
  readonly twiceD: { readonly value: number };
  begin(): void;
  fill(table: number, windowBits: number): void;
  clear(): void;
  addMultiple(table: number, windowBits: number): void;
  encode(): void;
}

let isTried = false;
let cipher: QuickCipher | undefined;

/**
 * From here on signatures are made and judged, and bytes sealed and authenticated, in a quarter of the time, with the same answers. Where a page may
 * not run WebAssembly all stays as it is. Takes some 10 ms, once.
 */
export function quickenCryptography(): void {
  if (isTried) return;
  isTried = true;
  try {
    const signing = { curve: new CompiledCurve(), hash: new QuickHash() };
    quicken(signing);
    const made = new QuickCipher();
    quicken({ ...signing, mac: (key, nonce, parts) => made.mac(key, nonce, parts) });
    cipher = made;
  } catch {
    // Its policy forbids it, or it has none; or none with vectors: then signatures alone.
  }
}

/** As `QuickCipher` has it, for whoever has it in JavaScript as well; undefined: it is not here. */
export function quickChacha20(...asked: Parameters<QuickCipher['chacha20']>): Uint8Array | undefined {
  return cipher?.chacha20(...asked);
}

class CompiledCurve implements QuickArithmetic {
  readonly #curve: Curve;
  /** Its memory, until that grows. */
  #bytes: Uint8Array;
  /** Where they lie, the one that was made longest ago in front. */
  readonly #tables = new Map<string, number>();
  /** Good signatures of keys without a table. */
  readonly #uses = new Map<string, number>();

  constructor() {
    const module = new WebAssembly.Module(Uint8Array.from(atob(COMPILED.curve), (one) => one.charCodeAt(0)));
    this.#curve = new WebAssembly.Instance(module).exports as unknown as Curve;
    const { memory, twiceD } = this.#curve;
    memory.grow(BASE_TABLE_BYTES / PAGE_BYTES);
    this.#bytes = new Uint8Array(memory.buffer);
    this.#put(twiceD.value, toLittleEndian((2n * D) % P));
    this.#curve.begin();
    this.#fill(PAGE_BYTES, Point.BASE, BASE_WINDOW);
  }

  timesBase(scalar: bigint): Uint8Array {
    this.#curve.clear();
    this.#add(PAGE_BYTES, BASE_WINDOW, scalar);
    return this.#encoded();
  }

  recomputed(publicKey: Uint8Array, s: bigint, challenge: bigint): Uint8Array | undefined {
    const table = this.#tables.get(nameOf(publicKey));
    if (table === undefined) return undefined;
    this.#curve.clear();
    this.#add(PAGE_BYTES, BASE_WINDOW, s);
    this.#add(table, KEY_WINDOW, challenge);
    return this.#encoded();
  }

  met(publicKey: Uint8Array): void {
    const name = nameOf(publicKey);
    const uses = (this.#uses.get(name) ?? 0) + 1;
    this.#uses.delete(name);
    if (uses < TABLE_AFTER) {
      if (this.#uses.size >= MOST_COUNTED) this.#uses.clear();
      this.#uses.set(name, uses);
      return;
    }
    const point = Point.fromBytes(publicKey);
    if (!point) return;
    const table = this.#place();
    this.#fill(table, point.negate(), KEY_WINDOW);
    this.#tables.set(name, table);
  }

  #place(): number {
    const { memory } = this.#curve;
    const [oldest] = this.#tables;
    if (oldest && this.#tables.size >= MOST_TABLES) {
      this.#tables.delete(oldest[0]);
      return oldest[1];
    }
    const at = PAGE_BYTES + BASE_TABLE_BYTES + this.#tables.size * KEY_TABLE_BYTES;
    const missing = at + KEY_TABLE_BYTES - memory.buffer.byteLength;
    if (missing > 0) {
      memory.grow(Math.ceil(missing / PAGE_BYTES));
      this.#bytes = new Uint8Array(memory.buffer);
    }
    return at;
  }

  #fill(table: number, point: Point, windowBits: number): void {
    const { x, y } = point.toAffine();
    this.#put(this.#curve.input.value, concatBytes(toLittleEndian(x), toLittleEndian(y)));
    this.#curve.fill(table, windowBits);
  }

  #add(table: number, windowBits: number, scalar: bigint): void {
    this.#put(this.#curve.scalar.value, toLittleEndian(scalar));
    this.#curve.addMultiple(table, windowBits);
  }

  #encoded(): Uint8Array {
    this.#curve.encode();
    const { value: at } = this.#curve.input;
    return this.#bytes.slice(at, at + 32);
  }

  #put(at: number, bytes: Uint8Array): void {
    this.#bytes.set(bytes, at);
  }
}

const nameOf = (publicKey: Uint8Array): string => String.fromCharCode(...publicKey);
