// The first passes over the triangles: refuse what cannot be put in a tree, leave out what no ray can hit, write one 32-byte
// reference (box and number) for each triangle that stays, and bring all to one scale. Both passes are stages of many parts.

import { alloc } from '../memory';
import { crew, runStage, WORK_REFERENCES, WORK_SCALE } from './crew';
import { CHUNK, REFERENCE_BYTES } from './layout';
import {
  PLAN_COUNT,
  PLAN_END,
  PLAN_FIRST,
  PLAN_INDICES,
  PLAN_PARTS,
  PLAN_POSITIONS,
  PLAN_REFERENCES,
  PLAN_SCALE,
  plan,
  planned,
} from './plan';
import { measureChunk, openRange, RANGE_BYTES, RANGE_END, uniteRange } from './split';

/** Power of two that brings the largest coordinate into [0.5, 1), of what is in hand. */
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

/** Triangles of a part, a multiple of CHUNK. */
const PART: i32 = 8 * CHUNK;
/** Of a part, its bounds as a range and then: i32 references, f32 largest coordinate, f32 not 0 where one is not finite. */
const PART_BYTES: usize = RANGE_BYTES + 16;
const PART_COUNT: usize = RANGE_BYTES;
const PART_LARGEST: usize = RANGE_BYTES + 4;
const PART_FINITE: usize = RANGE_BYTES + 8;

function partsOf(count: i32): i32 {
  return (count + PART - 1) / PART;
}

/** Room for what is found out about each part of so many triangles, in the plan. @returns false: no memory */
export function openParts(count: i32): bool {
  const parts = alloc(<usize>partsOf(count) * PART_BYTES, 16);
  plan(PLAN_PARTS, parts);
  return parts != 0;
}

/**
 * Writes the references of those of the plan's triangles that have an area to the plan's references (room for all of them),
 * boxes in the scene's scale, which is that of a scene in which nothing lies beyond `reach` if the triangles do not; and
 * measures `range`, which then has all of them.
 * @returns how many, -1 when a vertex is not finite, or -2 when the crew was stopped
 */
export function writeReferences(reach: f32, range: usize): i32 {
  const total = <i32>planned(PLAN_END) - <i32>planned(PLAN_FIRST);
  const parts = planned(PLAN_PARTS);
  const references = planned(PLAN_REFERENCES);
  if (!runStage(WORK_REFERENCES, partsOf(total))) return -2;
  let count = 0;
  let most = reach;
  for (let i = 0; i < partsOf(total); i++) {
    const part = parts + <usize>i * PART_BYTES;
    if (load<f32>(part, PART_FINITE) != 0) return -1;
    most = max(most, load<f32>(part, PART_LARGEST));
    const from = references + <usize>(i * PART) * REFERENCE_BYTES;
    const to = references + <usize>count * REFERENCE_BYTES;
    const found = load<i32>(part, PART_COUNT);
    if (from != to) memory.copy(to, from, <usize>found * REFERENCE_BYTES);
    count += found;
  }
  sceneScale = scaleFor(most);
  store<f32>(crew + PLAN_SCALE, sceneScale);
  plan(PLAN_COUNT, <usize>count);
  if (!runStage(WORK_SCALE, partsOf(count))) return -2;
  openRange(range);
  store<i32>(range, count, RANGE_END);
  for (let i = 0; i < partsOf(count); i++) uniteRange(range, parts + <usize>i * PART_BYTES);
  return count;
}

/** References of a part, where they would be if all triangles before had one. */
export function writePart(item: i32): void {
  const positions = planned(PLAN_POSITIONS);
  const indices = planned(PLAN_INDICES);
  const first = <i32>planned(PLAN_FIRST) + item * PART;
  const end = min(<i32>planned(PLAN_END), first + PART);
  const part = planned(PLAN_PARTS) + <usize>item * PART_BYTES;
  const out = planned(PLAN_REFERENCES) + <usize>(item * PART) * REFERENCE_BYTES;
  largest = 0;
  finite = 0;
  let to = out;
  for (let at = first; at < end; at += CHUNK) to = writeChunk(positions, indices, at, min(end, at + CHUNK), to);
  store<i32>(part, <i32>((to - out) / REFERENCE_BYTES), PART_COUNT);
  store<f32>(part, largest, PART_LARGEST);
  store<f32>(part, finite, PART_FINITE);
}

/** Brings a part of the references to the scale, and measures it. */
export function scalePart(item: i32): void {
  const references = planned(PLAN_REFERENCES);
  const part = planned(PLAN_PARTS) + <usize>item * PART_BYTES;
  const end = references + planned(PLAN_COUNT) * REFERENCE_BYTES;
  sceneScale = load<f32>(crew + PLAN_SCALE);
  openRange(part);
  const chunk = <usize>CHUNK * REFERENCE_BYTES;
  const from = references + <usize>(item * PART) * REFERENCE_BYTES;
  const to = min(end, from + <usize>PART * REFERENCE_BYTES);
  for (let at = from; at < to; at += chunk) {
    scaleChunk(at, min(to, at + chunk));
    measureChunk(part, at, min(to, at + chunk));
  }
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
