// The first pass over the triangles: refuses what cannot be put in a tree, leaves out what no ray can hit, and writes one
// 32-byte reference (box and number) for each triangle that stays.

import { REFERENCE_BYTES } from './layout';

/** Power of two that brings the largest coordinate into [0.5, 1); set by `writeReferences`. */
export let sceneScale: f32 = 1;

/** Finite f32 only: zero times infinity or NaN is NaN. */
function isFinite4(v: v128): bool {
  const zero = f32x4.mul(v, f32x4.splat(0));
  return !v128.any_true(f32x4.ne(zero, zero));
}

function vertex(positions: usize, index: u32): v128 {
  const at = positions + <usize>index * 12;
  return v128.load64_lane(at, f32x4.splat(load<f32>(at, 8)), 0);
}

/** Zero area, judged in doubles: differences of f32 are exact there but for extreme ratios, so real slivers stay. */
function isDegenerate(a: usize, b: usize, c: usize): bool {
  const ax = <f64>load<f32>(a);
  const ay = <f64>load<f32>(a, 4);
  const az = <f64>load<f32>(a, 8);
  const px = <f64>load<f32>(b) - ax;
  const py = <f64>load<f32>(b, 4) - ay;
  const pz = <f64>load<f32>(b, 8) - az;
  const qx = <f64>load<f32>(c) - ax;
  const qy = <f64>load<f32>(c, 4) - ay;
  const qz = <f64>load<f32>(c, 8) - az;
  return py * qz == pz * qy && pz * qx == px * qz && px * qy == py * qx;
}

/**
 * Writes the references of all triangles with an area to `out` (room for all of them), boxes in the scene's scale.
 * @returns how many, or -1 when a vertex is not finite.
 */
export function writeReferences(positions: usize, indices: usize, triangleCount: i32, out: usize): i32 {
  let largest = f32x4.splat(0);
  const end = indices + <usize>triangleCount * 12;
  for (let at = indices; at < end; at += 4) {
    const v = vertex(positions, load<u32>(at));
    if (!isFinite4(v)) return -1;
    largest = f32x4.pmax(largest, f32x4.abs(v));
  }
  const most = max(
    max(f32x4.extract_lane(largest, 0), f32x4.extract_lane(largest, 1)),
    f32x4.extract_lane(largest, 2),
  );
  sceneScale = scaleFor(most);
  const scale = f32x4.splat(sceneScale);
  let to = out;
  for (let i = 0; i < triangleCount; i++) {
    const at = indices + <usize>i * 12;
    const ia = load<u32>(at);
    const ib = load<u32>(at, 4);
    const ic = load<u32>(at, 8);
    if (isDegenerate(positions + <usize>ia * 12, positions + <usize>ib * 12, positions + <usize>ic * 12))
      continue;
    const a = f32x4.mul(vertex(positions, ia), scale);
    const b = f32x4.mul(vertex(positions, ib), scale);
    const c = f32x4.mul(vertex(positions, ic), scale);
    v128.store(to, f32x4.pmin(f32x4.pmin(a, b), c));
    v128.store(to, f32x4.pmax(f32x4.pmax(a, b), c), 16);
    store<i32>(to, i, 12);
    store<i32>(to, 0, 28);
    to += REFERENCE_BYTES;
  }
  return <i32>((to - out) / REFERENCE_BYTES);
}

/** 2^-k for a value in [2^(k-1), 2^k), kept where both it and its inverse are normal numbers; 1 for zero. */
function scaleFor(most: f32): f32 {
  if (most == 0) return 1;
  const exponent = <i32>(reinterpret<u32>(most) >> 23) - 126;
  return reinterpret<f32>((<u32>(127 - max(-125, min(125, exponent)))) << 23);
}
