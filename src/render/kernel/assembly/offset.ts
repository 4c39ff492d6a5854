// Where rays that leave a surface start: just off it, so that they cannot hit the same surface again. The error of a hit
// has two parts. One grows with the distance from the world's origin and is left behind by stepping the bits of the
// floats (C. Waechter and N. Binder, Ray Tracing Gems, chapter 6); the other grows with the triangle, since an
// intersection is a weighted mean of its corners, and is left behind by a share of the triangle's extent.
import { add, larger, maxComponent, mul, scale } from './vector';

/** A few rounding errors (2^-24) of the corners: 0.5 mm on a triangle of a kilometre. */
const SHARE_OF_EXTENT: f32 = 4.7683716e-7;

/** The longest side of the box around two edges. */
export function extentOf(edge1: v128, edge2: v128): f32 {
  return larger(maxComponent(f32x4.abs(edge1)), maxComponent(f32x4.abs(edge2)));
}

/** `point` moved to the side that the unit `normal` points to; `extent` is that of its triangle. */
export function offsetFrom(point: v128, normal: v128, extent: f32): v128 {
  const steps = i32x4.trunc_sat_f32x4_s(f32x4.mul(normal, f32x4.splat(256)));
  const isNegative = f32x4.lt(point, f32x4.splat(0));
  // More is further from zero where the point is positive and nearer to it where it is negative: flip the step there.
  const signed = i32x4.sub(v128.xor(steps, isNegative), isNegative);
  const stepped = i32x4.add(point, signed);
  const added = add(point, mul(normal, f32x4.splat(1.0 / 65536.0)));
  const isNearZero = f32x4.lt(f32x4.abs(point), f32x4.splat(1.0 / 32.0));
  return add(v128.bitselect(added, stepped, isNearZero), scale(normal, extent * SHARE_OF_EXTENT));
}
