/**
 * The mesh's cryptography with a quicker `verify`: a room's updates are signed one by one, and most of the time that an update takes with
 * eight writers went into that (`npm run bench -- rooms`). The rule is the mesh's own, to the bit: a key is believed once the mesh's `verify` has
 * found a signature of it good, so it is canonical and of prime order; of such keys S*B - k*A is computed by WebAssembly (assembly/) and compared with R. Where a
 * page may not run WebAssembly all stays with the mesh's.
 */
import { Point } from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';
import { type Cryptography, nobleCryptography } from '../../../mesh/index.ts';
import { concatBytes, equalBytes, fromHex, toHex } from '../../../runtime/index.ts';
import { COMPILED } from './compiled.ts';

const { n: ORDER, d: D, p: P } = Point.CURVE();
const SIGNATURE_BYTES = 64;
const POINT_BYTES = 160;
const PAGE_BYTES = 65_536;
/** 32 rows of 128 points, 640 KiB; made once, in 5 ms. */
const BASE_WINDOW = 8;
const BASE_TABLE_BYTES = 32 * 128 * POINT_BYTES;
/** 51 rows of 16 points, 128 KiB; made in the time of ten verifications. */
const KEY_WINDOW = 5;
const KEY_TABLE_BYTES = 51 * 16 * POINT_BYTES;
/** More than write at one time in most rooms; 8 MiB. */
const MOST_TABLES = 64;
/** Uses of a key before it gets a table: those of authors that are met once in a snapshot's tail are not worth one. */
const TABLE_AFTER = 8;
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

/** Null: not here. */
let arithmetic: CurveArithmetic | null | undefined;

/** What rooms are judged with. */
export const roomCryptography: Cryptography = { ...nobleCryptography, verify };

function verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (arithmetic === undefined) arithmetic = quickHere();
  const table = arithmetic?.tableOf(publicKey);
  if (arithmetic && table !== undefined) return arithmetic.verify(publicKey, table, message, signature);
  const isGood = nobleCryptography.verify(publicKey, message, signature);
  if (isGood) arithmetic?.met(publicKey);
  return isGood;
}

function quickHere(): CurveArithmetic | null {
  try {
    return new CurveArithmetic();
  } catch {
    return null; // its policy forbids it, or it has none
  }
}

class CurveArithmetic {
  readonly #curve: Curve;
  /** Where they lie, the one that was used longest ago in front. */
  readonly #tables = new Map<string, number>();
  /** Good signatures of keys without a table. */
  readonly #uses = new Map<string, number>();

  constructor() {
    const module = new WebAssembly.Module(Uint8Array.from(atob(COMPILED), (one) => one.charCodeAt(0)));
    this.#curve = new WebAssembly.Instance(module).exports as unknown as Curve;
    const { memory, twiceD } = this.#curve;
    memory.grow(BASE_TABLE_BYTES / PAGE_BYTES);
    this.#put(twiceD.value, bytesOf((2n * D) % P));
    this.#curve.begin();
    this.#fill(PAGE_BYTES, Point.BASE, BASE_WINDOW);
  }

  tableOf(publicKey: Uint8Array): number | undefined {
    return this.#tables.get(nameOf(publicKey));
  }

  /** A signature of it was good. */
  met(publicKey: Uint8Array): void {
    const name = nameOf(publicKey);
    const uses = (this.#uses.get(name) ?? 0) + 1;
    this.#uses.delete(name);
    if (uses < TABLE_AFTER) {
      if (this.#uses.size >= MOST_COUNTED) this.#uses.clear();
      this.#uses.set(name, uses);
      return;
    }
    const table = this.#place();
    this.#fill(table, Point.fromBytes(publicKey).negate(), KEY_WINDOW);
    this.#tables.set(name, table);
  }

  /** RFC 8032, 5.1.7 in its cofactorless form: S*B - k*A, encoded, is R. @param table of -A */
  verify(publicKey: Uint8Array, table: number, message: Uint8Array, signature: Uint8Array): boolean {
    if (signature.length !== SIGNATURE_BYTES) return false;
    const encodedR = signature.subarray(0, 32);
    const s = signature.subarray(32);
    if (numberOf(s) >= ORDER) return false;
    const challenge = numberOf(sha512(concatBytes(encodedR, publicKey, message))) % ORDER;
    const { input, scalar } = this.#curve;
    this.#curve.clear();
    this.#put(scalar.value, s);
    this.#curve.addMultiple(PAGE_BYTES, BASE_WINDOW);
    this.#put(scalar.value, bytesOf(challenge));
    this.#curve.addMultiple(table, KEY_WINDOW);
    this.#curve.encode();
    const recomputed = new Uint8Array(this.#curve.memory.buffer, input.value, 32);
    return equalBytes(recomputed, encodedR);
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
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
    return at;
  }

  #fill(table: number, point: Point, windowBits: number): void {
    const { x, y } = point.toAffine();
    this.#put(this.#curve.input.value, concatBytes(bytesOf(x), bytesOf(y)));
    this.#curve.fill(table, windowBits);
  }

  #put(at: number, bytes: Uint8Array): void {
    new Uint8Array(this.#curve.memory.buffer).set(bytes, at);
  }
}

const nameOf = (publicKey: Uint8Array): string => String.fromCharCode(...publicKey);

/** Least byte first. */
const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${toHex(bytes.slice().reverse())}`);
const bytesOf = (value: bigint): Uint8Array => fromHex(value.toString(16).padStart(64, '0')).reverse();
