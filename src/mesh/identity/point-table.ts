/**
 * The multiples of one point of edwards25519 that make multiplying it a matter of adding some of them. They are kept in the form that is
 * cheapest to add (Niels: y + x, y - x and 2dxy of the affine point, as in Bernstein et al., "High-speed high-security signatures", 2011): seven
 * multiplications where points of any kind take nine. Each scalar takes the same additions: a digit that is nought wastes one, for it may be a secret's.
 */
import { inverse, P, reduced, TWICE_P } from './field.ts';
import { D, Point } from './point.ts';

/** A carry of the highest digit has a place, too. */
const SCALAR_BITS = 254;

interface Niels {
  readonly sum: bigint;
  readonly difference: bigint;
  readonly twiceDxy: bigint;
}

const NEUTRAL: Niels = { sum: 1n, difference: 1n, twiceDxy: 0n };

export class PointTable {
  /** Of each digit of the scalar: 1 to 2^(windowBits - 1) times what it stands for. */
  readonly #rows: readonly (readonly Niels[])[];
  readonly #windowBits: number;

  /** @param windowBits one more doubles the table and saves a part of the additions: 254 / windowBits of them */
  constructor(point: Point, windowBits: number) {
    this.#windowBits = windowBits;
    const multiples: Point[] = [];
    const each = 1 << (windowBits - 1);
    let unit = point;
    for (let bit = 0; bit < SCALAR_BITS; bit += windowBits) {
      for (let i = 0, multiple = unit; i < each; i++, multiple = multiple.add(unit)) multiples.push(multiple);
      for (let i = 0; i < windowBits; i++) unit = unit.double();
    }
    const niels = nielsOf(multiples);
    this.#rows = Array.from({ length: niels.length / each }, (_, i) => niels.slice(i * each, (i + 1) * each));
  }

  /** So many times the point, and `begin`. @param scalar 0 to 2^253 */
  times(scalar: bigint, begin: Point = Point.ZERO): Point {
    const base = 1 << this.#windowBits;
    let { X, Y, Z, T } = begin;
    let rest = scalar;
    let carry = 0;
    for (const row of this.#rows) {
      const digit = Number(BigInt.asUintN(this.#windowBits, rest)) + carry;
      rest >>= BigInt(this.#windowBits);
      // The upper half of the digits is negative: half a table is enough.
      carry = Number(digit > base / 2);
      const { sum, difference, twiceDxy } = row[(carry ? base - digit : digit) - 1] ?? NEUTRAL;
      // Mixed addition (madd-2008-hwcd-3 for a = -1). To negate the multiple exchanges the first two and the sign of the third.
      const a = reduced((Y + TWICE_P - X) * (carry ? sum : difference));
      const b = reduced((Y + X) * (carry ? difference : sum));
      const c = reduced(T * twiceDxy);
      const z = Z + Z;
      const e = b + TWICE_P - a;
      const f = carry ? z + c : z + TWICE_P - c;
      const g = carry ? z + TWICE_P - c : z + c;
      const h = b + a;
      X = reduced(e * f);
      Y = reduced(g * h);
      Z = reduced(f * g);
      T = reduced(e * h);
    }
    return new Point(X, Y, Z, T);
  }
}

/** One inversion for all (Montgomery). No Z is nought. */
function nielsOf(points: readonly Point[]): readonly Niels[] {
  const products: bigint[] = [];
  let product = 1n;
  for (const { Z } of points) {
    products.push(product);
    product = (product * Z) % P;
  }
  let rest = inverse(product);
  const niels: Niels[] = [];
  for (let i = points.length - 1; i >= 0; i--) {
    const { X = 0n, Y = 1n, Z = 1n } = points[i] ?? {};
    const ofZ = (rest * (products[i] ?? 1n)) % P;
    rest = (rest * Z) % P;
    const x = (X * ofZ) % P;
    const y = (Y * ofZ) % P;
    niels.push({ sum: (y + x) % P, difference: (y + P - x) % P, twiceDxy: (((2n * D * x) % P) * y) % P });
  }
  return niels.reverse();
}
