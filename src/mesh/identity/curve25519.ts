/**
 * The curve of Ed25519 and X25519: points, their multiples, their 32 bytes. Written here because a page that takes the mesh alone should
 * not carry ten KiB of arithmetic for every curve there is; @noble/curves is what the tests hold it against, value for value.
 *
 * Extended twisted Edwards coordinates, x = X/Z, y = Y/Z, xy = T/Z, and formulas without exceptions (Hisil, Wong, Carter and Dawson,
 * "Twisted Edwards curves revisited", 2008, with a = -1), so that no pair of points needs a case of its own. Coordinates are kept
 * below p in magnitude, with the sign that `%` leaves.
 *
 * Secret scalars go through `PointTable.times` and `montgomery`, whose sequence of operations does not depend on them. BigInts still take
 * a little longer for longer numbers, here as in every implementation of JavaScript.
 */
export const POINT_BYTES = 32;
/** The number of points of the subgroup that keys live in, a prime. */
export const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

const P = 2n ** 255n - 19n;
/** The curve's d, -121665/121666, twice: what addition needs. */
const D = 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n;
const TWICE_D = 2n * D;
const SQRT_MINUS_1 = 0x2b8324804fc1df0b2b4d00993dfbd7a72f431806ad2fe478c4ee1b274a0ea0b0n;
const SIGN_BIT = 1n << 255n;
/** (A - 2) / 4 of the Montgomery form. */
const A24 = 121665n;

export class Point {
  static readonly ZERO = new Point(0n, 1n, 1n, 0n);
  readonly #x: bigint;
  readonly #y: bigint;
  readonly #z: bigint;
  readonly #t: bigint;

  private constructor(x: bigint, y: bigint, z: bigint, t: bigint) {
    this.#x = x;
    this.#y = y;
    this.#z = z;
    this.#t = t;
  }

  /** RFC 8032, 5.1.3: undefined for what is no point, and for encodings that are not canonical. */
  static fromBytes(bytes: Uint8Array): Point | undefined {
    if (bytes.length !== POINT_BYTES) return undefined;
    const encoded = littleEndian(bytes);
    const y = encoded & ~SIGN_BIT;
    if (y >= P) return undefined;
    const u = y * y - 1n;
    const v = (((D * y) % P) * y + 1n) % P;
    const v3 = (((v * v) % P) * v) % P;
    let x = (((u * v3) % P) * power(((((u * v3) % P) * v3) % P) * v)[0]) % P;
    const square = (((v * x) % P) * x) % P;
    if (positive(square + u) === 0n) x = (x * SQRT_MINUS_1) % P;
    else if (positive(square - u) !== 0n) return undefined;
    x = positive(x);
    const isOdd = (encoded & SIGN_BIT) !== 0n;
    if (x === 0n && isOdd) return undefined;
    if (((x & 1n) === 1n) !== isOdd) x = P - x;
    return new Point(x, y, 1n, (x * y) % P);
  }

  get isZero(): boolean {
    return positive(this.#x) === 0n && positive(this.#y - this.#z) === 0n;
  }

  /** Without a part of small order. Costs a multiplication; tells nothing that is secret. */
  get isOfPrimeOrder(): boolean {
    return !this.isZero && this.times(ORDER).isZero;
  }

  negated(): Point {
    return new Point(-this.#x, this.#y, this.#z, -this.#t);
  }

  plus(other: Point): Point {
    const a = (this.#y - this.#x) * (other.#y - other.#x);
    const b = (this.#y + this.#x) * (other.#y + other.#x);
    const c = ((this.#t * TWICE_D) % P) * other.#t;
    const d = 2n * this.#z * other.#z;
    return Point.#of((b - a) % P, (d - c) % P, (d + c) % P, (b + a) % P);
  }

  doubled(): Point {
    const a = this.#x * this.#x;
    const b = this.#y * this.#y;
    const sum = this.#x + this.#y;
    const h = a + b;
    const g = a - b;
    return Point.#of((h - sum * sum) % P, (2n * this.#z * this.#z + g) % P, g % P, h % P);
  }

  /** What every formula ends with. */
  static #of(e: bigint, f: bigint, g: bigint, h: bigint): Point {
    return new Point((e * f) % P, (g * h) % P, (f * g) % P, (e * h) % P);
  }

  /** For scalars that are no secret, 0 to 2^253. A point that is multiplied often is worth a table. */
  times(scalar: bigint): Point {
    const row = multiples(this, 4);
    let sum = Point.ZERO;
    for (const digit of digits(scalar, 4).reverse()) {
      for (let i = 0; i < 4; i++) sum = sum.doubled();
      sum = sum.plus(pick(row, digit));
    }
    return sum;
  }

  toBytes(): Uint8Array {
    const inverse = invert(this.#z);
    const x = positive(this.#x * inverse);
    return toLittleEndian(positive(this.#y * inverse) | ((x & 1n) << 255n));
  }
}

/** The multiples of one point that make multiplying it a matter of adding some of them. */
export class PointTable {
  readonly #rows: (readonly Point[])[] = [];
  readonly #windowBits: number;

  /** @param windowBits one more doubles the table and saves a part of the additions: 256 / windowBits of them */
  constructor(point: Point, windowBits: number) {
    this.#windowBits = windowBits;
    let unit = point;
    for (let bit = 0; bit < SCALAR_BITS; bit += windowBits) {
      this.#rows.push(multiples(unit, windowBits));
      for (let i = 0; i < windowBits; i++) unit = unit.doubled();
    }
  }

  /** @param scalar 0 to 2^253; the same additions for all of them */
  times(scalar: bigint): Point {
    let sum = Point.ZERO;
    for (const [i, digit] of digits(scalar, this.#windowBits).entries()) {
      sum = sum.plus(pick(this.#rows[i] ?? [], digit));
    }
    return sum;
  }
}

/** RFC 7748, section 5: the scalar, clamped, times the point with this u, both of 32 bytes. */
export function montgomery(scalarBytes: Uint8Array, uBytes: Uint8Array): Uint8Array {
  const scalar = clamped(scalarBytes);
  const u = littleEndian(uBytes) & ~SIGN_BIT;
  let [x2, z2, x3, z3] = [1n, 0n, u, 1n];
  let isSwapped = false;
  for (let bit = 254n; bit >= 0n; bit--) {
    const isSet = ((scalar >> bit) & 1n) === 1n;
    if (isSet !== isSwapped) [x2, z2, x3, z3] = [x3, z3, x2, z2];
    isSwapped = isSet;
    const a = x2 + z2;
    const b = x2 - z2;
    const da = (x3 - z3) * a;
    const cb = (x3 + z3) * b;
    const aa = (a * a) % P;
    const bb = (b * b) % P;
    const e = aa - bb;
    x3 = (da + cb) % P;
    x3 = (x3 * x3) % P;
    z3 = (da - cb) % P;
    z3 = (((z3 * z3) % P) * u) % P;
    x2 = (aa * bb) % P;
    z2 = (e * (aa + A24 * e)) % P;
  }
  if (isSwapped) [x2, z2] = [x3, z3];
  return toLittleEndian(positive(x2 * invert(z2)));
}

/** The number that 32 secret bytes stand for (RFC 7748, section 5; RFC 8032, 5.1.5). */
export function clamped(bytes: Uint8Array): bigint {
  return (littleEndian(bytes) & ((1n << 254n) - 8n)) | (1n << 254n);
}

/** Up to 64 bytes, a 64-bit word at a time. */
export function littleEndian(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let value = 0n;
  for (let at = bytes.length - 8; at >= 0; at -= 8) value = (value << 64n) | view.getBigUint64(at, true);
  return value;
}

/** In 32 bytes. */
export function toLittleEndian(value: bigint): Uint8Array {
  const bytes = new Uint8Array(POINT_BYTES);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < POINT_BYTES; at += 8) view.setBigUint64(at, value >> BigInt(8 * at), true);
  return bytes;
}

/** A carry of the highest digit has a place, too. */
const SCALAR_BITS = 254;

/** 0 to 2^(windowBits - 1) times the point: negative digits have the others. */
function multiples(point: Point, windowBits: number): readonly Point[] {
  const row = [Point.ZERO];
  for (let i = 0; i < 1 << (windowBits - 1); i++) row.push((row[i] ?? Point.ZERO).plus(point));
  return row;
}

/** Of a scalar below 2^253, least first, each from -2^(windowBits - 1) to 2^(windowBits - 1). */
function digits(scalar: bigint, windowBits: number): number[] {
  const result: number[] = [];
  const base = 1 << windowBits;
  let rest = scalar;
  let carry = 0;
  for (let bit = 0; bit < SCALAR_BITS; bit += windowBits) {
    const digit = Number(BigInt.asUintN(windowBits, rest)) + carry;
    rest >>= BigInt(windowBits);
    carry = Number(digit > base / 2);
    result.push(digit - carry * base);
  }
  return result;
}

function pick(row: readonly Point[], digit: number): Point {
  const point = row[Math.abs(digit)] ?? Point.ZERO;
  const negated = point.negated(); // always, so that time tells nothing of the sign
  return digit < 0 ? negated : point;
}

function positive(value: bigint): bigint {
  const rest = value % P;
  return rest < 0n ? rest + P : rest;
}

/** Its square `count` times in a row. */
function squared(value: bigint, count: number): bigint {
  let result = value;
  for (let i = 0; i < count; i++) result = (result * result) % P;
  return result;
}

/** The value to the powers 2^252 - 3, which square roots need, and 3. */
function power(value: bigint): readonly [bigint, bigint] {
  const base = value % P;
  const ones2 = (squared(base, 1) * base) % P; // to the power 2^2 - 1, as the next are to 2^n - 1
  const ones4 = (squared(ones2, 2) * ones2) % P;
  const ones5 = (squared(ones4, 1) * base) % P;
  const ones10 = (squared(ones5, 5) * ones5) % P;
  const ones20 = (squared(ones10, 10) * ones10) % P;
  const ones40 = (squared(ones20, 20) * ones20) % P;
  const ones80 = (squared(ones40, 40) * ones40) % P;
  const ones160 = (squared(ones80, 80) * ones80) % P;
  const ones240 = (squared(ones160, 80) * ones80) % P;
  const ones250 = (squared(ones240, 10) * ones10) % P;
  return [(squared(ones250, 2) * base) % P, ones2];
}

/** To the power p - 2, the inverse; 0 of 0. */
function invert(value: bigint): bigint {
  const [most, cube] = power(value);
  return (squared(most, 3) * cube) % P;
}
