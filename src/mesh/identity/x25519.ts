/**
 * X25519 (RFC 7748) by the arithmetic of edwards25519: u = (1 + y) / (1 - y) takes its points to those of curve25519, and
 * a multiple there is the multiple here. A u that belongs to the curve's twist, which no secret makes, has no point and is refused.
 */
import type { Arithmetic } from './arithmetic.ts';
import { canonical, inverse } from './field.ts';
import { clamped, littleEndian, toLittleEndian } from './little-endian.ts';
import { ORDER } from './point.ts';

const U_BITS = 255;
const KEY_BYTES = 32;

/** The public half of a secret of 32 bytes. */
export function agreementKey(secret: Uint8Array, curve: Arithmetic): Uint8Array {
  return uOf(curve.timesBase(clamped(secret) % ORDER));
}

/** Undefined for what is no key: a wrong length, a u of the twist, a point of small order. */
export function agree(secret: Uint8Array, publicKey: Uint8Array, curve: Arithmetic): Uint8Array | undefined {
  if (publicKey.length !== KEY_BYTES) return undefined;
  const u = BigInt.asUintN(U_BITS, littleEndian(publicKey));
  // One of the two points with this u: which one it is makes no difference to any u.
  const point = toLittleEndian(canonical((u - 1n) * inverse(u + 1n)));
  // A clamped scalar is a multiple of 8, which leaves no part of small order.
  const product = curve.times(point, clamped(secret));
  return product && uOf(product);
}

function uOf(point: Uint8Array): Uint8Array {
  const y = BigInt.asUintN(U_BITS, littleEndian(point));
  return toLittleEndian(canonical((1n + y) * inverse(1n - y)));
}
