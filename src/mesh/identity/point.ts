/**
 * The points of edwards25519 (RFC 8032, 5.1) in extended coordinates, x = X/Z, y = Y/Z, T = XY/Z (Hisil et al., "Twisted Edwards curves
 * revisited", 2008). Written out because the library's own signatures, checks and tables, which nobody here uses, weigh twice as much.
 */
import { canonical, inverse, P, reduced, rootOfRatio, TWICE_P } from './field.ts';
import { littleEndian, toLittleEndian } from './little-endian.ts';

/** Of the group that the base point makes. */
export const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
/** Of the curve's equation: -x² + y² = 1 + d x² y². */
export const D = 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n;
const TWICE_D = (2n * D) % P;

const SCALAR_BITS = 256;
const SIGN_BIT = 2n ** 255n;

export class Point {
  static readonly ZERO: Point = new Point(0n, 1n, 1n, 0n);
  /** Of the two points with y = 4/5 the one whose x is even. */
  static readonly BASE: Point = Point.#at(
    0x216936d3cd6e53fec0a4e231fdd6dc5c692cc7609525a7b2c9562d608f25d51an,
    0x6666666666666666666666666666666666666666666666666666666666666658n,
  );

  /** Each from 0 to 2^255 + 2^15. */
  constructor(
    readonly X: bigint,
    readonly Y: bigint,
    readonly Z: bigint,
    readonly T: bigint,
  ) {}

  static #at(x: bigint, y: bigint): Point {
    return new Point(x, y, 1n, reduced(x * y));
  }

  /** @param bytes 32. @returns undefined for what is no point, or not the one encoding of it (RFC 8032, 5.1.3) */
  static fromBytes(bytes: Uint8Array): Point | undefined {
    const encoded = littleEndian(bytes);
    const y = BigInt.asUintN(255, encoded);
    if (y >= P) return undefined;
    const square = y * y;
    const x = rootOfRatio(canonical(square - 1n), canonical(D * square + 1n));
    if (x === undefined) return undefined;
    const isOdd = encoded >= SIGN_BIT;
    if (isOdd && x === 0n) return undefined;
    return Point.#at(isOdd === (x % 2n === 1n) ? x : P - x, y);
  }

  isZero(): boolean {
    return this.X % P === 0n && (this.Y - this.Z) % P === 0n;
  }

  negate(): Point {
    return new Point(reduced(TWICE_P - this.X), this.Y, this.Z, reduced(TWICE_P - this.T));
  }

  /** Of any two points, also of one and itself. */
  add({ X, Y, Z, T }: Point): Point {
    const a = reduced((this.Y + TWICE_P - this.X) * (Y + TWICE_P - X));
    const b = reduced((this.Y + this.X) * (Y + X));
    const c = reduced(reduced(this.T * T) * TWICE_D);
    const d = reduced(2n * this.Z * Z);
    return product(b + TWICE_P - a, d + TWICE_P - c, d + c, b + a);
  }

  double(): Point {
    const { X, Y, Z } = this;
    const a = reduced(X * X);
    const b = reduced(Y * Y);
    const g = a + TWICE_P - b;
    const both = X + Y;
    return product(a + b + TWICE_P - reduced(both * both), reduced(2n * Z * Z) + g, g, a + b);
  }

  /** So many times this point. @param isSecret the scalar, below 2^256: each then takes the same additions, if in vain */
  multiply(scalar: bigint, isSecret = false): Point {
    let [sum, inVain, unit, rest]: [Point, Point, Point, bigint] = [Point.ZERO, Point.ZERO, this, scalar];
    for (let bit = 0; isSecret ? bit < SCALAR_BITS : rest > 0n; bit++) {
      if (rest & 1n) sum = sum.add(unit);
      else if (isSecret) inVain = inVain.add(unit);
      unit = unit.double();
      rest >>= 1n;
    }
    return sum;
  }

  toAffine(): { readonly x: bigint; readonly y: bigint } {
    const ofZ = inverse(this.Z);
    return { x: (this.X * ofZ) % P, y: (this.Y * ofZ) % P };
  }

  toBytes(): Uint8Array {
    const { x, y } = this.toAffine();
    return toLittleEndian(x % 2n === 1n ? y + SIGN_BIT : y);
  }
}

/** What sums of points end with. Each below 2^257. */
function product(e: bigint, f: bigint, g: bigint, h: bigint): Point {
  return new Point(reduced(e * f), reduced(g * h), reduced(f * g), reduced(e * h));
}
