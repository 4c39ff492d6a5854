/** What signatures and agreements ask of the curve, and its plain form: JavaScript's own numbers, which every machine has. */
import { timesBase } from './base-point.ts';
import { Point } from './point.ts';
import { PublicKeys } from './public-keys.ts';

/** Points are encoded as RFC 8032 has them. */
export interface Arithmetic {
  /** So many times the base point. @param scalar 0 to 2^253 */
  timesBase(scalar: bigint): Uint8Array;
  /** So many times that point; undefined where there is none, or where it comes to the identity. @param scalar a secret below 2^256, and a multiple of 8 */
  times(point: Uint8Array, scalar: bigint): Uint8Array | undefined;
  /** s*B - k*A; undefined unless the key A is canonical, of prime order and not the identity. @param s,k no secrets, below the order */
  recomputed(publicKey: Uint8Array, s: bigint, k: bigint): Uint8Array | undefined;
  /** A signature of that key was good. */
  met(publicKey: Uint8Array): void;
}

const publicKeys = new PublicKeys();

export const plainArithmetic: Arithmetic = {
  timesBase: (scalar) => timesBase(scalar).toBytes(),
  times(encoded, scalar) {
    const product = Point.fromBytes(encoded)?.multiply(scalar, true);
    return product && !product.isZero() ? product.toBytes() : undefined;
  },
  recomputed(publicKey, s, k) {
    const negated = publicKeys.negatedTimes(publicKey, k);
    return negated && timesBase(s, negated).toBytes();
  },
  met() {},
};
