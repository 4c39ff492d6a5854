/** One animation sampler at one moment (glTF 2.0 appendix C): step, linear, spherical linear, cubic spline. */
import { decoderOf } from '../geometry/attributes.ts';
import { type Quaternion, slerp, unit } from '../geometry/slerp.ts';
import type { Numbers } from './accessors.ts';

export interface Keyframes {
  /** Seconds, rising. */
  readonly times: Numbers;
  /** `width` numbers a key; thrice as many for a spline: tangent in, value, tangent out. */
  readonly values: Numbers;
  readonly interpolation: 'LINEAR' | 'STEP' | 'CUBICSPLINE';
  readonly width: number;
  readonly isRotation: boolean;
}

/** How many numbers `values` must hold. */
export function valuesNeeded({ times, interpolation, width }: Keyframes): number {
  return times.array.length * width * (interpolation === 'CUBICSPLINE' ? 3 : 1);
}

/** Before the first key its value stands, after the last the last's. */
export function valueAt(keyframes: Keyframes, time: number): readonly number[] {
  const { times, values, interpolation, width, isRotation } = keyframes;
  const keys = times.array;
  const last = keys.length - 1;
  const decode = values.normalized ? decoderOf(values.array) : (value: number): number => value;
  const isSpline = interpolation === 'CUBICSPLINE';
  /** @param place 0 tangent in, 1 value, 2 tangent out */
  const read = (key: number, place = 1): number[] => {
    const start = width * (isSpline ? 3 * key + place : key);
    return Array.from({ length: width }, (_, i) => decode(values.array[start + i] ?? 0));
  };
  const key = keyBefore(keys, time);
  const [start, end] = [keys[key] ?? 0, keys[key + 1] ?? 0];
  if (key < 0 || key >= last || interpolation === 'STEP' || !(end > start)) {
    return read(Math.max(key, 0));
  }
  const duration = end - start;
  const t = (time - start) / duration;
  if (isSpline) {
    const value = hermite(read(key), read(key, 2), read(key + 1, 0), read(key + 1), t, duration);
    return isRotation ? unit(quaternion(value)) : value;
  }
  const [from, to] = [read(key), read(key + 1)];
  if (isRotation) return slerp(quaternion(from), quaternion(to), t);
  return from.map((value, i) => value + ((to[i] ?? 0) - value) * t);
}

/** The last key that is not later; -1 before the first. */
function keyBefore(keys: ArrayLike<number>, time: number): number {
  let low = -1;
  let high = keys.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((keys[middle] ?? 0) <= time) low = middle;
    else high = middle;
  }
  return low;
}

/** The spline through `from` and `to` with those tangents, which are per second. */
function hermite(
  from: readonly number[],
  tangentOut: readonly number[],
  tangentIn: readonly number[],
  to: readonly number[],
  t: number,
  duration: number,
): number[] {
  const [t2, t3] = [t * t, t * t * t];
  const weights = [2 * t3 - 3 * t2 + 1, (t3 - 2 * t2 + t) * duration, 3 * t2 - 2 * t3, (t3 - t2) * duration];
  const [a = 0, b = 0, c = 0, d = 0] = weights;
  return from.map(
    (value, i) => a * value + b * (tangentOut[i] ?? 0) + c * (to[i] ?? 0) + d * (tangentIn[i] ?? 0),
  );
}

function quaternion([x = 0, y = 0, z = 0, w = 1]: readonly number[]): Quaternion {
  return [x, y, z, w];
}
