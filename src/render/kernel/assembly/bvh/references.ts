// The first pass over the triangles: refuses what cannot be put in a tree, leaves out what no ray can hit, and writes one
// 32-byte reference (box and number) for each triangle that stays.
//
// Loops over all triangles run in chunks, one call each: an engine exchanges the code of a function for its optimized
// version between calls, never within one, and a scene is built once, not often.

import { REFERENCE_BYTES } from './layout';

/** Triangles to a call. */
export const CHUNK: i32 = 2048;

/** Power of two that brings the largest coordinate into [0.5, 1); set by `writeReferences`. */
export let sceneScale: f32 = 1;

/** Largest absolute coordinate so far, in all lanes; and 0, which any NaN or infinity turns into NaN. */
let largest: f32 = 0;
let finite: f32 = 0;

function vertexAt(at: usize): v128 {
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
 * Writes the references of those of the triangles from `begin` up to `end` that have an area to `out` (room for all of
 * them), boxes in the scene's scale. The scale is that of a scene in which nothing lies beyond `reach` if the triangles do not.
 * @returns how many, or -1 when a vertex is not finite.
 */
export function writeReferences(
  positions: usize,
  indices: usize,
  begin: i32,
  end: i32,
  reach: f32,
  out: usize,
): i32 {
  largest = reach;
  finite = 0;
  let to = out;
  for (let first = begin; first < end; first += CHUNK) {
    to = writeChunk(positions, indices, first, min(end, first + CHUNK), to);
    if (finite != 0) return -1;
  }
  sceneScale = scaleFor(largest);
  for (let at = out; at < to; at += <usize>CHUNK * REFERENCE_BYTES) {
    scaleChunk(at, min(to, at + <usize>CHUNK * REFERENCE_BYTES));
  }
  return <i32>((to - out) / REFERENCE_BYTES);
}

function writeChunk(positions: usize, indices: usize, first: i32, last: i32, out: usize): usize {
  const zero = f32x4.splat(0);
  let sum = zero;
  let most = zero;
  let to = out;
  for (let i = first; i < last; i++) {
    const at = indices + <usize>i * 12;
    const pa = positions + <usize>load<u32>(at) * 12;
    const pb = positions + <usize>load<u32>(at, 4) * 12;
    const pc = positions + <usize>load<u32>(at, 8) * 12;
    const a = vertexAt(pa);
    const b = vertexAt(pb);
    const c = vertexAt(pc);
    sum = f32x4.add(sum, f32x4.add(f32x4.add(f32x4.mul(a, zero), f32x4.mul(b, zero)), f32x4.mul(c, zero)));
    if (isDegenerate(pa, pb, pc)) continue;
    const lower = f32x4.pmin(f32x4.pmin(a, b), c);
    const upper = f32x4.pmax(f32x4.pmax(a, b), c);
    most = f32x4.pmax(most, f32x4.pmax(f32x4.abs(lower), f32x4.abs(upper)));
    v128.store(to, lower);
    v128.store(to, upper, 16);
    store<i32>(to, i, 12);
    to += REFERENCE_BYTES;
  }
  const x = f32x4.extract_lane(most, 0);
  const y = f32x4.extract_lane(most, 1);
  const z = f32x4.extract_lane(most, 2);
  largest = max(largest, max(max(x, y), z));
  finite += f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1) + f32x4.extract_lane(sum, 2);
  return to;
}

/** Exact, but for numbers that are nothing beside the largest; and it keeps the order of all. The number stays. */
function scaleChunk(from: usize, to: usize): void {
  const scale = f32x4.replace_lane(f32x4.splat(sceneScale), 3, 1);
  for (let at = from; at < to; at += REFERENCE_BYTES) {
    const number = load<i32>(at, 12);
    v128.store(at, f32x4.mul(v128.load(at), scale));
    v128.store(at, f32x4.mul(v128.load(at, 16), scale), 16);
    store<i32>(at, number, 12);
  }
}

/** 2^-k for a value in [2^(k-1), 2^k), kept where both it and its inverse are normal numbers; 1 for zero. */
function scaleFor(most: f32): f32 {
  if (most == 0) return 1;
  const exponent = <i32>(reinterpret<u32>(most) >> 23) - 126;
  return reinterpret<f32>((<u32>(127 - max(-125, min(125, exponent)))) << 23);
}
