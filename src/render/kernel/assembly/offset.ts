// Where rays that leave a surface start.
import { add, mul } from './vector';

/**
 * A point just off the surface, on the side `normal` points to: far enough that a ray from there cannot hit the same
 * surface again, by stepping the bits of the floats (C. Waechter and N. Binder, Ray Tracing Gems, chapter 6).
 */
export function offsetFrom(point: v128, normal: v128): v128 {
  const steps = i32x4.trunc_sat_f32x4_s(f32x4.mul(normal, f32x4.splat(256)));
  const isNegative = f32x4.lt(point, f32x4.splat(0));
  // Away from zero where the point is positive, towards it where negative: flip the sign of the step.
  const signed = i32x4.sub(v128.xor(steps, isNegative), isNegative);
  const stepped = i32x4.add(point, signed);
  const added = add(point, mul(normal, f32x4.splat(1.0 / 65536.0)));
  return v128.bitselect(added, stepped, f32x4.lt(f32x4.abs(point), f32x4.splat(1.0 / 32.0)));
}
