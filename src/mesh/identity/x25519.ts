/**
 * X25519 (RFC 7748) by the arithmetic of edwards25519: u = (1 + y) / (1 - y) takes its points to those of curve25519, and
 * a multiple there is the multiple here. A u that belongs to the curve's twist, which no secret makes, has no point and is refused.
 */
import { timesBase } from './base-point.ts';
import { canonical, inverse } from './field.ts';
import { clamped, littleEndian, toLittleEndian } from './little-endian.ts';
import { ORDER, Point } from './point.ts';

const U_BITS = 255;
const KEY_BYTES = 32;

/** The public half of a secret of 32 bytes. */
export function agreementKey(secret: Uint8Array): Uint8Array {
  return uOf(timesBase(clamped(secret) % ORDER));
}

/** Undefined for what is no key: a wrong length, a u of the twist, a point of small order. */
export function agree(secret: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined {
  if (publicKey.length !== KEY_BYTES) return undefined;
  const point = pointOf(BigInt.asUintN(U_BITS, littleEndian(publicKey)));
  // A clamped scalar is a multiple of 8: eight times the point first, which leaves no part of small order.
  const cleared = point?.multiply(8n);
  return cleared && !cleared.isZero() ? uOf(cleared.multiply(clamped(secret) >> 3n, true)) : undefined;
}

function uOf(point: Point): Uint8Array {
  const { y } = point.toAffine();
  return toLittleEndian(canonical((1n + y) * inverse(1n - y)));
}

/** One of the two points with this u; which one it is makes no difference to any u. */
function pointOf(u: bigint): Point | undefined {
  return Point.fromBytes(toLittleEndian(canonical((u - 1n) * inverse(u + 1n))));
}
