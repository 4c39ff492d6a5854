/**
 * The multiples of one point of edwards25519 that make multiplying it a matter of adding some of them: @noble/ed25519 has such a table for
 * the base point only. For scalars that are no secret.
 */
import { Point } from '@noble/ed25519';

export class PointTable {
  readonly #rows: (readonly Point[])[] = [];
  readonly #windowBits: number;

  /** @param windowBits one more doubles the table and saves a part of the additions: 254 / windowBits of them */
  constructor(point: Point, windowBits: number) {
    this.#windowBits = windowBits;
    let unit = point;
    for (let bit = 0; bit < SCALAR_BITS; bit += windowBits) {
      this.#rows.push(multiples(unit, windowBits));
      for (let i = 0; i < windowBits; i++) unit = unit.double();
    }
  }

  /** @param scalar 0 to 2^253 */
  times(scalar: bigint): Point {
    const base = 1 << this.#windowBits;
    let sum = Point.ZERO;
    let rest = scalar;
    let carry = 0;
    for (const row of this.#rows) {
      const digit = Number(BigInt.asUintN(this.#windowBits, rest)) + carry;
      rest >>= BigInt(this.#windowBits);
      // The upper half of the digits is negative: half a table is enough.
      carry = Number(digit > base / 2);
      const multiple = row[carry ? base - digit : digit] ?? Point.ZERO;
      sum = sum.add(carry ? multiple.negate() : multiple);
    }
    return sum;
  }
}

/** A carry of the highest digit has a place, too. */
const SCALAR_BITS = 254;

/** 0 to 2^(windowBits - 1) times the point. */
function multiples(point: Point, windowBits: number): readonly Point[] {
  const row = [Point.ZERO];
  for (let i = 0; i < 1 << (windowBits - 1); i++) row.push((row[i] ?? Point.ZERO).add(point));
  return row;
}
