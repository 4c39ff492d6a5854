/**
 * The curve arithmetic of signatures and agreements in WebAssembly (assembly/): most of what a message costs that is signed for itself goes into that, and most
 * of what a newcomer computes, who sees each key for the first time. The rule stays that of real-cryptography.ts, to the bit.
 */
import { concatBytes, equalBytes } from '../../../runtime/index.ts';
import type { Arithmetic } from '../arithmetic.ts';
import { P, ROOT_OF_MINUS_ONE } from '../field.ts';
import { GenerationCache } from '../generation-cache.ts';
import { toLittleEndian } from '../little-endian.ts';
import { D, ORDER, Point } from '../point.ts';
import { quicken } from '../real-cryptography.ts';
import { COMPILED } from './compiled.ts';
import { QuickCipher } from './quick-cipher.ts';
import { QuickHash } from './quick-hash.ts';

const POINT_BYTES = 160;
const PAGE_BYTES = 65_536;
/** 32 rows of 128 points, 640 KiB; made once, in 5 ms. */
const BASE_WINDOW = 8;
const BASE_TABLE_BYTES = 32 * 128 * POINT_BYTES;
/** 51 rows of 16 points, 128 KiB; made in the time of four multiplications without it. */
const KEY_WINDOW = 5;
const KEY_TABLE_BYTES = 51 * 16 * POINT_BYTES;
/** More than speak at one time in most networks and rooms; 8 MiB. */
const MOST_TABLES = 64;
/** Signatures of a key found good before it gets a table. */
const TABLE_AFTER = 4;
/** As many keys as public-keys.ts remembers. */
const MOST_KEYS = 2_048;
const IDENTITY = Point.ZERO.toBytes();

interface Curve {
  readonly memory: WebAssembly.Memory;
  readonly input: { readonly value: number };
  readonly scalar: { readonly value: number };
  readonly constants: { readonly value: number };
  begin(): void;
  decode(isNegative: boolean): number;
  fill(table: number, windowBits: number): void;
  clear(): void;
  addMultiple(table: number, windowBits: number): void;
  multiplyPoint(): void;
  isSumNought(): number;
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

class CompiledCurve implements Arithmetic {
  readonly #curve: Curve;
  /** Its memory, until that grows. */
  #bytes: Uint8Array;
  /** Where they lie, the one that was made longest ago in front. */
  readonly #tables = new Map<string, number>();
  /** Of keys that anyone may use: how many signatures have been good without a table. */
  readonly #uses = new GenerationCache<string, number>(MOST_KEYS);

  constructor() {
    const module = new WebAssembly.Module(Uint8Array.from(atob(COMPILED.curve), (one) => one.charCodeAt(0)));
    this.#curve = new WebAssembly.Instance(module).exports as unknown as Curve;
    const { memory, constants } = this.#curve;
    memory.grow(BASE_TABLE_BYTES / PAGE_BYTES);
    this.#bytes = new Uint8Array(memory.buffer);
    this.#put(constants.value, concatBytes(...[D, (2n * D) % P, ROOT_OF_MINUS_ONE].map(toLittleEndian)));
    this.#curve.begin();
    this.#decode(Point.BASE.toBytes());
    this.#curve.fill(PAGE_BYTES, BASE_WINDOW);
  }

  timesBase(scalar: bigint): Uint8Array {
    this.#curve.clear();
    this.#add(PAGE_BYTES, BASE_WINDOW, scalar);
    return this.#encoded();
  }

  times(point: Uint8Array, scalar: bigint): Uint8Array | undefined {
    if (!this.#decode(point)) return undefined;
    this.#multiply(scalar);
    return this.#curve.isSumNought() ? undefined : this.#encoded();
  }

  recomputed(publicKey: Uint8Array, s: bigint, challenge: bigint): Uint8Array | undefined {
    const table = this.#tables.get(nameOf(publicKey));
    if (table !== undefined) {
      this.#curve.clear();
      this.#add(table, KEY_WINDOW, challenge);
    } else {
      if (!this.#isKey(publicKey)) return undefined;
      this.#multiply(challenge);
    }
    this.#add(PAGE_BYTES, BASE_WINDOW, s);
    return this.#encoded();
  }

  met(publicKey: Uint8Array): void {
    const name = nameOf(publicKey);
    if (this.#tables.has(name)) return;
    const uses = (this.#uses.get(name) ?? 0) + 1;
    const isDue = uses >= TABLE_AFTER && this.#decode(publicKey, true);
    this.#uses.set(name, isDue ? 0 : uses); // pushed out of the tables, it has to earn the next one
    if (!isDue) return;
    const table = this.#place();
    this.#curve.fill(table, KEY_WINDOW);
    this.#tables.set(name, table);
  }

  /** Canonical, of prime order, and not the identity: then its negative is what is multiplied next. */
  #isKey(publicKey: Uint8Array): boolean {
    if (!this.#decode(publicKey, true)) return false;
    const name = nameOf(publicKey);
    if (this.#uses.get(name) !== undefined) return true;
    this.#multiply(ORDER);
    if (!this.#curve.isSumNought() || equalBytes(publicKey, IDENTITY)) return false;
    this.#uses.set(name, 0);
    return true;
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

  #decode(encoded: Uint8Array, isNegative = false): boolean {
    this.#put(this.#curve.input.value, encoded);
    return this.#curve.decode(isNegative) !== 0;
  }

  #multiply(scalar: bigint): void {
    this.#put(this.#curve.scalar.value, toLittleEndian(scalar));
    this.#curve.multiplyPoint();
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
