// Splits a range of references in two where the surface area heuristic says it is cheapest (Wald 2007, "On fast
// Construction of SAH-based Bounding Volume Hierarchies": centroids in equal bins along each axis, all three at once).
// A packet holds four triangles and costs the same with one as with four, so the heuristic counts packets, as Embree's does.

import { LANES, REFERENCE_BYTES } from './layout';

/** A range to be split, 96 bytes: bounds of the boxes, bounds of the centroids (doubled), where it begins and ends. */
export const RANGE_BYTES: usize = 96;
export const RANGE_LOWER: usize = 0;
export const RANGE_UPPER: usize = 16;
export const RANGE_CENTRE_LOWER: usize = 32;
export const RANGE_CENTRE_UPPER: usize = 48;
export const RANGE_BEGIN: usize = 64;
export const RANGE_END: usize = 68;
export const RANGE_AREA: usize = 72;

/** More bins find better planes and cost time per split; beyond 16 the tree does not get better (docs/kernel.md). */
const BINS: i32 = 16;
const BIN_BYTES: usize = 48;
const AXIS_BYTES: usize = <usize>BINS * BIN_BYTES;

const bins = memory.data(3 * 16 * 48, 16);
/** Per plane, what lies right of it: half area and packets, for each axis. */
const rightCosts = memory.data(16 * 4, 16);

function halfArea(lower: v128, upper: v128): f32 {
  const size = f32x4.sub(upper, lower);
  const x = f32x4.extract_lane(size, 0);
  const y = f32x4.extract_lane(size, 1);
  const z = f32x4.extract_lane(size, 2);
  return x * y + y * z + z * x;
}

function packets(count: i32): f32 {
  return <f32>((count + LANES - 1) >> 2);
}

function put(reference: usize, bin: usize): void {
  v128.store(bin, f32x4.pmin(v128.load(bin), v128.load(reference)));
  v128.store(bin, f32x4.pmax(v128.load(bin, 16), v128.load(reference, 16)), 16);
  store<i32>(bin, load<i32>(bin, 32) + 1, 32);
}

/** Fills in the bounds and area of a range whose begin and end are set. */
export function measureRange(range: usize, references: usize): void {
  let lower = f32x4.splat(Infinity);
  let upper = f32x4.splat(-Infinity);
  let centreLower = lower;
  let centreUpper = upper;
  const end = references + <usize>load<i32>(range, RANGE_END) * REFERENCE_BYTES;
  for (
    let at = references + <usize>load<i32>(range, RANGE_BEGIN) * REFERENCE_BYTES;
    at < end;
    at += REFERENCE_BYTES
  ) {
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
  store<f32>(range, halfArea(lower, upper), RANGE_AREA);
}

/** Bin numbers of one axis are `lane` of: trunc((centre - low) * scale). */
function binsOf(reference: usize, low: v128, scale: v128): v128 {
  const centre = f32x4.add(v128.load(reference), v128.load(reference, 16));
  return i32x4.trunc_sat_f32x4_s(f32x4.mul(f32x4.sub(centre, low), scale));
}

/**
 * Splits the range at `range` and writes its two parts to `left` (which may be `range` itself) and `right`. With `balanced`
 * or when no plane separates the centroids, halves the range by number.
 */
export function splitRange(references: usize, range: usize, left: usize, right: usize, balanced: bool): void {
  const begin = load<i32>(range, RANGE_BEGIN);
  const end = load<i32>(range, RANGE_END);
  let middle = begin;
  if (!balanced) middle = partition(references, range, begin, end);
  if (middle == begin || middle == end) middle = begin + ((end - begin) >> 1);
  store<i32>(left, begin, RANGE_BEGIN);
  store<i32>(left, middle, RANGE_END);
  store<i32>(right, middle, RANGE_BEGIN);
  store<i32>(right, end, RANGE_END);
  measureRange(left, references);
  measureRange(right, references);
}

/** Reorders the references so that the cheapest plane's left side comes first; returns where the right side begins. */
function partition(references: usize, range: usize, begin: i32, end: i32): i32 {
  const low = v128.load(range, RANGE_CENTRE_LOWER);
  const extent = f32x4.sub(v128.load(range, RANGE_CENTRE_UPPER), low);
  // Just under BINS, so that the last centroid lands in the last bin; axes without extent put all in bin 0.
  const wide = f32x4.gt(extent, f32x4.splat(1e-30));
  const scale = v128.and(f32x4.div(f32x4.splat(<f32>BINS * 0.99999), extent), wide);
  const from = references + <usize>begin * REFERENCE_BYTES;
  const to = references + <usize>end * REFERENCE_BYTES;

  for (let bin = bins; bin < bins + 3 * AXIS_BYTES; bin += BIN_BYTES) {
    v128.store(bin, f32x4.splat(Infinity));
    v128.store(bin, f32x4.splat(-Infinity), 16);
    store<i32>(bin, 0, 32);
  }
  for (let at = from; at < to; at += REFERENCE_BYTES) {
    const bin = binsOf(at, low, scale);
    put(at, bins + <usize>i32x4.extract_lane(bin, 0) * BIN_BYTES);
    put(at, bins + AXIS_BYTES + <usize>i32x4.extract_lane(bin, 1) * BIN_BYTES);
    put(at, bins + 2 * AXIS_BYTES + <usize>i32x4.extract_lane(bin, 2) * BIN_BYTES);
  }

  let best: f32 = Infinity;
  let bestAxis = -1;
  let bestPlane = 0;
  for (let axis = 0; axis < 3; axis++) {
    const first = bins + <usize>axis * AXIS_BYTES;
    let lower = f32x4.splat(Infinity);
    let upper = f32x4.splat(-Infinity);
    let count = 0;
    for (let plane = BINS - 1; plane > 0; plane--) {
      const bin = first + <usize>plane * BIN_BYTES;
      lower = f32x4.pmin(lower, v128.load(bin));
      upper = f32x4.pmax(upper, v128.load(bin, 16));
      count += load<i32>(bin, 32);
      store<f32>(
        rightCosts + <usize>(plane << 2),
        count ? halfArea(lower, upper) * packets(count) : Infinity,
      );
    }
    lower = f32x4.splat(Infinity);
    upper = f32x4.splat(-Infinity);
    count = 0;
    for (let plane = 1; plane < BINS; plane++) {
      const bin = first + <usize>(plane - 1) * BIN_BYTES;
      lower = f32x4.pmin(lower, v128.load(bin));
      upper = f32x4.pmax(upper, v128.load(bin, 16));
      count += load<i32>(bin, 32);
      if (!count) continue;
      const cost = halfArea(lower, upper) * packets(count) + load<f32>(rightCosts + <usize>(plane << 2));
      if (cost < best) {
        best = cost;
        bestAxis = axis;
        bestPlane = plane;
      }
    }
  }
  if (bestAxis < 0) return begin;

  const shift = (<usize>bestAxis) << 2;
  const axisLow = load<f32>(range + RANGE_CENTRE_LOWER + shift);
  const axisScale = (<f32>BINS * 0.99999) / (load<f32>(range + RANGE_CENTRE_UPPER + shift) - axisLow);
  let i = from;
  let j = to;
  while (true) {
    while (i < j && isLeft(i, shift, axisLow, axisScale, bestPlane)) i += REFERENCE_BYTES;
    while (i < j && !isLeft(j - REFERENCE_BYTES, shift, axisLow, axisScale, bestPlane)) j -= REFERENCE_BYTES;
    if (i >= j) break;
    j -= REFERENCE_BYTES;
    const lower = v128.load(i);
    const upper = v128.load(i, 16);
    v128.store(i, v128.load(j));
    v128.store(i, v128.load(j, 16), 16);
    v128.store(j, lower);
    v128.store(j, upper, 16);
    i += REFERENCE_BYTES;
  }
  return <i32>((i - references) / REFERENCE_BYTES);
}

function isLeft(reference: usize, shift: usize, low: f32, scale: f32, plane: i32): bool {
  const centre = load<f32>(reference + shift) + load<f32>(reference + shift, 16);
  return <i32>((centre - low) * scale) < plane;
}
