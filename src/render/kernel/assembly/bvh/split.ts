// Splits a range of references in two where the surface area heuristic says it is cheapest (Wald 2007, "On fast
// Construction of SAH-based Bounding Volume Hierarchies": centroids in equal bins along each axis, all three at once).
// A packet holds four triangles and costs the same with one as with four, so the heuristic counts packets, as Embree's does.

import { alloc } from '../memory';
import { CHUNK, REFERENCE_BYTES } from './layout';
import { PLAN_LEAF_SHIFT, planned } from './plan';

/** A range to be split, 96 bytes: bounds of the boxes, bounds of the centroids (doubled), where it begins and ends. */
export const RANGE_BYTES: usize = 96;
export const RANGE_LOWER: usize = 0;
export const RANGE_UPPER: usize = 16;
const RANGE_CENTRE_LOWER: usize = 32;
const RANGE_CENTRE_UPPER: usize = 48;
export const RANGE_BEGIN: usize = 64;
export const RANGE_END: usize = 68;

/**
 * Bins along an axis at most. More find better planes and take longer; beyond 16 the tree hardly gets better, and small
 * ranges, of which there are most, do well with fewer (docs/kernel.md).
 */
const BINS: i32 = 16;
/** A bin: lower corner, upper corner, i32 number of references. */
const BIN_SHIFT: i32 = 6;
const BIN_BYTES: usize = 64;
const BIN_COUNT: usize = 32;
const AXIS_BYTES: usize = 1024;
const bins: usize = alloc(3 * AXIS_BYTES, 64);
/** f32 per plane: what lies right of it costs. */
const rightCosts: usize = alloc(16 * 4, 16);

/** 1.5 * 2^23: a small number added to it is rounded to the nearest integer, which stands in its lowest bits. */
const ROUNDER: f32 = 12582912;
/** Taken off first, so that a place in [0, used - 0.02] is rounded to [0, used - 1]. */
const HALF: f32 = 0.49;

/** Bins in use along an axis, and the plane chosen by `findPlane`: the first bin on the right. */
let used: i32 = 0;
let axis: i32 = 0;
let plane: i32 = 0;
/** Per axis: where its bins begin, and bins to a unit. */
let binsLow = f32x4.splat(0);
let binsScale = f32x4.splat(0);
/** What `partitionChunk` has seen: centroid bounds of the left part, then of the right; and where the right part begins. */
const sides: usize = alloc(4 * 16, 16);
let border: usize = 0;

export function halfArea(lower: v128, upper: v128): f32 {
  const size = f32x4.sub(upper, lower);
  const x = f32x4.extract_lane(size, 0);
  const y = f32x4.extract_lane(size, 1);
  const z = f32x4.extract_lane(size, 2);
  return x * y + y * z + z * x;
}

/** Binary logarithm of what a leaf holds: four triangles, or one instance. */
let leafShift: i32 = 2;
export let leafSize: i32 = 4;

/** Leaves as in the plan, from now on. */
export function setLeaves(): void {
  leafShift = <i32>planned(PLAN_LEAF_SHIFT);
  leafSize = 1 << leafShift;
}

function packets(count: i32): f32 {
  return <f32>((count + leafSize - 1) >> leafShift);
}

/** A range of nothing, as large as can be inside out, to be measured. */
export function openRange(range: usize): void {
  v128.store(range, f32x4.splat(Infinity), RANGE_LOWER);
  v128.store(range, f32x4.splat(-Infinity), RANGE_UPPER);
  v128.store(range, f32x4.splat(Infinity), RANGE_CENTRE_LOWER);
  v128.store(range, f32x4.splat(-Infinity), RANGE_CENTRE_UPPER);
  v128.store(range, i32x4.splat(0), RANGE_BEGIN);
}

/** Makes a range's bounds hold those of another one, too. */
export function uniteRange(range: usize, other: usize): void {
  for (let corner = RANGE_LOWER; corner < RANGE_BEGIN; corner += 32) {
    v128.store(range + corner, f32x4.pmin(v128.load(range + corner), v128.load(other + corner)));
    v128.store(range + corner, f32x4.pmax(v128.load(range + corner, 16), v128.load(other + corner, 16)), 16);
  }
}

/** Fills in the bounds and area of a range whose begin and end are set. */
export function measureRange(range: usize, references: usize): void {
  const begin = load<i32>(range, RANGE_BEGIN);
  const last = load<i32>(range, RANGE_END);
  openRange(range);
  store<i32>(range, begin, RANGE_BEGIN);
  store<i32>(range, last, RANGE_END);
  const end = references + <usize>last * REFERENCE_BYTES;
  const chunk = <usize>CHUNK * REFERENCE_BYTES;
  let at = references + <usize>begin * REFERENCE_BYTES;
  for (; at < end; at += chunk) measureChunk(range, at, min(end, at + chunk));
}

export function measureChunk(range: usize, from: usize, to: usize): void {
  let lower = v128.load(range, RANGE_LOWER);
  let upper = v128.load(range, RANGE_UPPER);
  let centreLower = v128.load(range, RANGE_CENTRE_LOWER);
  let centreUpper = v128.load(range, RANGE_CENTRE_UPPER);
  for (let at = from; at < to; at += REFERENCE_BYTES) {
    const low = v128.load(at);
    const high = v128.load(at, 16);
    const centre = f32x4.add(low, high);
    lower = f32x4.pmin(lower, low);
    upper = f32x4.pmax(upper, high);
    centreLower = f32x4.pmin(centreLower, centre);
    centreUpper = f32x4.pmax(centreUpper, centre);
  }
  v128.store(range, lower, RANGE_LOWER);
  v128.store(range, upper, RANGE_UPPER);
  v128.store(range, centreLower, RANGE_CENTRE_LOWER);
  v128.store(range, centreUpper, RANGE_CENTRE_UPPER);
}

/**
 * Splits the range and writes its two parts to `left` and `right`. With `balanced`, or when no plane separates the
 * centroids, the range is halved by number.
 */
export function splitRange(references: usize, range: usize, left: usize, right: usize, balanced: bool): void {
  const begin = load<i32>(range, RANGE_BEGIN);
  const end = load<i32>(range, RANGE_END);
  if (balanced || !findPlane(references, range, begin, end)) {
    store<i32>(left, begin, RANGE_BEGIN);
    store<i32>(left, begin + ((end - begin) >> 1), RANGE_END);
    store<i32>(right, begin + ((end - begin) >> 1), RANGE_BEGIN);
    store<i32>(right, end, RANGE_END);
    measureRange(left, references);
    measureRange(right, references);
    return;
  }
  const middle = partition(references, begin, end);
  store<i32>(left, begin, RANGE_BEGIN);
  store<i32>(left, middle, RANGE_END);
  store<i32>(right, middle, RANGE_BEGIN);
  store<i32>(right, end, RANGE_END);
  v128.store(left, v128.load(sides), RANGE_CENTRE_LOWER);
  v128.store(left, v128.load(sides, 16), RANGE_CENTRE_UPPER);
  v128.store(right, v128.load(sides, 32), RANGE_CENTRE_LOWER);
  v128.store(right, v128.load(sides, 48), RANGE_CENTRE_UPPER);
  const first = bins + <usize>axis * AXIS_BYTES;
  const second = first + <usize>plane * BIN_BYTES;
  boundsOfBins(left, first, second);
  boundsOfBins(right, second, first + <usize>used * BIN_BYTES);
}

/** The bounds of a part are those of its bins. */
function boundsOfBins(range: usize, from: usize, to: usize): void {
  let lower = f32x4.splat(Infinity);
  let upper = f32x4.splat(-Infinity);
  for (let bin = from; bin < to; bin += BIN_BYTES) {
    lower = f32x4.pmin(lower, v128.load(bin));
    upper = f32x4.pmax(upper, v128.load(bin, 16));
  }
  v128.store(range, lower, RANGE_LOWER);
  v128.store(range, upper, RANGE_UPPER);
}

/** Sets `axis` and `plane` to the cheapest way to split; false when all centroids are in one place. */
function findPlane(references: usize, range: usize, begin: i32, end: i32): bool {
  used = min(BINS, 4 + ((end - begin) >> 2));
  const low = v128.load(range, RANGE_CENTRE_LOWER);
  const extent = f32x4.sub(v128.load(range, RANGE_CENTRE_UPPER), low);
  // Just under `used`, so that all places land in [0, used); an axis without extent gets scale 0 and puts all in bin 0.
  const wide = f32x4.gt(extent, f32x4.splat(1e-30));
  binsLow = low;
  binsScale = v128.and(f32x4.div(f32x4.splat(<f32>used - <f32>0.02), extent), wide);
  for (let i = 0; i < used; i++) {
    for (let bin = bins + <usize>i * BIN_BYTES; bin < bins + 3 * AXIS_BYTES; bin += AXIS_BYTES) {
      v128.store(bin, f32x4.splat(Infinity));
      v128.store(bin, f32x4.splat(-Infinity), 16);
      store<i32>(bin, 0, BIN_COUNT);
    }
  }
  const to = references + <usize>end * REFERENCE_BYTES;
  const chunk = <usize>CHUNK * REFERENCE_BYTES;
  for (let at = references + <usize>begin * REFERENCE_BYTES; at < to; at += chunk)
    binChunk(at, min(to, at + chunk));

  let best: f32 = Infinity;
  for (let candidate = 0; candidate < 3; candidate++) {
    const first = bins + <usize>candidate * AXIS_BYTES;
    let lower = f32x4.splat(Infinity);
    let upper = f32x4.splat(-Infinity);
    let count = 0;
    for (let at = used - 1; at > 0; at--) {
      const bin = first + <usize>at * BIN_BYTES;
      lower = f32x4.pmin(lower, v128.load(bin));
      upper = f32x4.pmax(upper, v128.load(bin, 16));
      count += load<i32>(bin, BIN_COUNT);
      store<f32>(rightCosts + ((<usize>at) << 2), count ? halfArea(lower, upper) * packets(count) : Infinity);
    }
    lower = f32x4.splat(Infinity);
    upper = f32x4.splat(-Infinity);
    count = 0;
    for (let at = 1; at < used; at++) {
      const bin = first + <usize>(at - 1) * BIN_BYTES;
      lower = f32x4.pmin(lower, v128.load(bin));
      upper = f32x4.pmax(upper, v128.load(bin, 16));
      count += load<i32>(bin, BIN_COUNT);
      if (!count) continue;
      const cost = halfArea(lower, upper) * packets(count) + load<f32>(rightCosts + ((<usize>at) << 2));
      if (cost < best) {
        best = cost;
        axis = candidate;
        plane = at;
      }
    }
  }
  return best < Infinity;
}

function put(bin: usize, lower: v128, upper: v128): void {
  v128.store(bin, f32x4.pmin(v128.load(bin), lower));
  v128.store(bin, f32x4.pmax(v128.load(bin, 16), upper), 16);
  store<i32>(bin, load<i32>(bin, BIN_COUNT) + 1, BIN_COUNT);
}

function binChunk(from: usize, to: usize): void {
  const low = binsLow;
  const scale = binsScale;
  const rounder = f32x4.splat(ROUNDER);
  const half = f32x4.splat(HALF);
  const mask = i32x4.splat(BINS - 1);
  for (let at = from; at < to; at += REFERENCE_BYTES) {
    const lower = v128.load(at);
    const upper = v128.load(at, 16);
    const place = f32x4.sub(f32x4.mul(f32x4.sub(f32x4.add(lower, upper), low), scale), half);
    const offsets = i32x4.shl(v128.and(f32x4.add(place, rounder), mask), BIN_SHIFT);
    put(bins + <usize>i32x4.extract_lane(offsets, 0), lower, upper);
    put(bins + <usize>i32x4.extract_lane(offsets, 1) + AXIS_BYTES, lower, upper);
    put(bins + <usize>i32x4.extract_lane(offsets, 2) + 2 * AXIS_BYTES, lower, upper);
  }
}

/** Reorders the references so that those left of the plane come first; returns where the right side begins. */
function partition(references: usize, begin: i32, end: i32): i32 {
  v128.store(sides, f32x4.splat(Infinity));
  v128.store(sides, f32x4.splat(-Infinity), 16);
  v128.store(sides, f32x4.splat(Infinity), 32);
  v128.store(sides, f32x4.splat(-Infinity), 48);
  const to = references + <usize>end * REFERENCE_BYTES;
  const chunk = <usize>CHUNK * REFERENCE_BYTES;
  border = references + <usize>begin * REFERENCE_BYTES;
  for (let at = border; at < to; at += chunk) partitionChunk(at, min(to, at + chunk));
  return <i32>((border - references) / REFERENCE_BYTES);
}

/** Each reference changes places with the first one on the right, and the border moves past it if it is left: no branch. */
function partitionChunk(from: usize, to: usize): void {
  const low =
    axis == 0
      ? f32x4.extract_lane(binsLow, 0)
      : axis == 1
        ? f32x4.extract_lane(binsLow, 1)
        : f32x4.extract_lane(binsLow, 2);
  const scale =
    axis == 0
      ? f32x4.extract_lane(binsScale, 0)
      : axis == 1
        ? f32x4.extract_lane(binsScale, 1)
        : f32x4.extract_lane(binsScale, 2);
  const shift = (<usize>axis) << 2;
  const limit = ROUNDER + <f32>plane;
  const outside = f32x4.splat(Infinity);
  let leftLower = v128.load(sides);
  let leftUpper = v128.load(sides, 16);
  let rightLower = v128.load(sides, 32);
  let rightUpper = v128.load(sides, 48);
  let right = border;
  for (let at = from; at < to; at += REFERENCE_BYTES) {
    const place = (load<f32>(at + shift) + load<f32>(at + shift, 16) - low) * scale - HALF + ROUNDER;
    const isLeft = i32(place < limit);
    const lower = v128.load(at);
    const upper = v128.load(at, 16);
    v128.store(at, v128.load(right));
    v128.store(at, v128.load(right, 16), 16);
    v128.store(right, lower);
    v128.store(right, upper, 16);
    right += <usize>isLeft * REFERENCE_BYTES;
    const centre = f32x4.add(lower, upper);
    const mask = i32x4.splat(-isLeft);
    const far = f32x4.neg(outside);
    leftLower = f32x4.pmin(leftLower, v128.bitselect(centre, outside, mask));
    leftUpper = f32x4.pmax(leftUpper, v128.bitselect(centre, far, mask));
    rightLower = f32x4.pmin(rightLower, v128.bitselect(outside, centre, mask));
    rightUpper = f32x4.pmax(rightUpper, v128.bitselect(far, centre, mask));
  }
  border = right;
  v128.store(sides, leftLower);
  v128.store(sides, leftUpper, 16);
  v128.store(sides, rightLower, 32);
  v128.store(sides, rightUpper, 48);
}
