// A ray on its way through the hierarchy: what the box test and the triangle test need, laid out so that a step loads each
// number once, and the stack of what is still to be visited.
//
// Boxes and triangles agree as in Woop, Benthin, Wald 2013, "Watertight Ray/Triangle Intersection" (JCGT 2:1): triangles
// are tested in the plane that the ray sees as a point, where a shared edge gives both its triangles the same number with
// the opposite sign, and boxes are tested with an origin and a reciprocal direction that are off by more than the rounding
// of the triangle test, so that no box is missed whose triangle would be hit.

import { HEADER_LOWER, HEADER_SCALE, HEADER_UPPER, MAX_DEPTH, PLANE_BYTES } from './layout';

// Sixteen-byte fields hold one number four times: loading it so is one instruction, splatting it on the way is two.
/** v128 x 3: origin for near planes, x, y, z; then the reciprocal direction for near planes. */
export const SLOT_NEAR: usize = 0;
export const SLOT_NEAR_RECIPROCAL: usize = 48;
/** v128 x 3: origin for far planes; then the reciprocal direction for far planes. */
export const SLOT_FAR: usize = 96;
export const SLOT_FAR_RECIPROCAL: usize = 144;
/** v128: tmin. */
export const SLOT_TMIN: usize = 192;
/** v128: distance of the best hit so far, or tmax. */
export const SLOT_T: usize = 208;
/** f32 x 8: where the ray enters the boxes of the node in work. */
export const SLOT_ENTRIES: usize = 224;
/** u32 x 3: offset of the near planes in a node. */
export const SLOT_PLANES: usize = 256;
/** i32: triangle of the best hit so far, or -1. */
export const SLOT_TRIANGLE: usize = 268;
/** usize, where there are instances: the ray itself. */
export const SLOT_SOURCE: usize = 272;
/** usize: top of the stack. */
export const SLOT_TOP: usize = 276;
/**
 * u32 x 3: offset of the permuted axes in a packet; f32 x 3: origin with the axes permuted so that z is the direction's
 * largest; f32 x 3: the shear of x, y and z. Each is written as four, in this order, so the word behind them is of no use.
 */
export const SLOT_AXES: usize = 280;
export const SLOT_ORIGIN: usize = 292;
export const SLOT_SHEAR: usize = 304;
/** v128 x 3: edge numbers of vertices 1 and 2 and the sum of all, of the best hit's packet; u32: its lane, in bytes. */
export const SLOT_EDGES: usize = 320;
export const SLOT_LANE: usize = 368;
/** i32 x 2, where there are instances: the best hit that was found in one, its triangle and its instance. */
export const SLOT_FOUND_TRIANGLE: usize = 372;
export const SLOT_FOUND_INSTANCE: usize = 376;
/** usize: where the hit goes; 0: the slot holds no ray. */
export const SLOT_HIT: usize = 380;
/** The same for a packet that had nothing better: written and never read, so that the test needs no branch. */
export const SLOT_REFUSED: usize = 384;
/** i32 x 2, where there are instances: the one that the ray is in or -1; in one: SLOT_TRIANGLE as it was before. */
export const SLOT_INSTANCE: usize = 436;
export const SLOT_WORLD_TRIANGLE: usize = 440;
/** The stack: u64 entries, distance in the upper half, reference in the lower. The lowest is 0. */
export const SLOT_STACK: usize = 448;
/** MAX_DEPTH nodes leave at most seven entries each behind, and so does the one that a bundle has gathered. */
const STACK_BYTES: usize = <usize>MAX_DEPTH * 7 * 8 + 64;
/** Neither a multiple of 4096, for the sake of the cache's sets. */
export const SLOT_BYTES: usize = SLOT_STACK + STACK_BYTES;
/** Where there are instances: what waits in the world stays on the stack while the ray is in one of them. */
export const DEEP_SLOT_BYTES: usize = SLOT_STACK + 2 * STACK_BYTES;

/** 2^-24: half a unit in the last place of 1. */
export const ULP: f32 = 5.9604644775390625e-8;
/** Woop's bound is five; distances through a node are compared with those of triangles, whose rounding is added to it. */
export const ORIGIN_SLACK: f32 = 8 * ULP;
const RECIPROCAL_DOWN: f32 = 1 - 16 * ULP;
const RECIPROCAL_UP: f32 = 1 + 16 * ULP;

/** Flatter directions count as this flat. Their reciprocal is finite, and 0 times it is 0, so no NaN appears in a box test. */
export const FLATTEST: f32 = 1e-37;

/**
 * For each axis as the direction's largest, 32 bytes: what makes it the last of three that go round (bytes of a swizzle), and
 * the offsets of the three in a packet.
 */
const PERMUTATIONS: usize = memory.data<u32>([
  0x07060504, 0x0b0a0908, 0x03020100, 0x0f0e0d0c, 16, 32, 0, 0,
  0x0b0a0908, 0x03020100, 0x07060504, 0x0f0e0d0c, 32, 0, 16, 0,
  0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c, 0, 16, 32, 0,
], 16);

export function splat3(to: usize, v: v128): void {
  v128.store(to, v128.shuffle<f32>(v, v, 0, 0, 0, 0));
  v128.store(to, v128.shuffle<f32>(v, v, 1, 1, 1, 1), 16);
  v128.store(to, v128.shuffle<f32>(v, v, 2, 2, 2, 2), 32);
}

/** The largest of the first three lanes, in each of them. */
export function largestOf(v: v128): v128 {
  return f32x4.pmax(
    f32x4.pmax(v, v128.shuffle<f32>(v, v, 1, 2, 0, 3)),
    v128.shuffle<f32>(v, v, 2, 0, 1, 3),
  );
}

/** Prepares the slot for a ray; false when it can hit nothing (not finite, no direction, empty interval). */
export function prepare(slot: usize, ray: usize, header: usize): bool {
  if (!inline.always(take(slot, ray, header))) return false;
  inline.always(aimRay(slot, ray, header));
  return true;
}

/** The same without what depends on the line. */
export function take(slot: usize, ray: usize, header: usize): bool {
  const o = v128.load(ray);
  const d = v128.load(ray, 16);
  const scale = v128.load32_splat(header, HEADER_SCALE);
  const zero = f32x4.splat(0);
  // NaN and infinities times zero are NaN, which equals nothing.
  const scaled = f32x4.mul(o, scale);
  const finite = f32x4.eq(f32x4.add(f32x4.mul(scaled, zero), f32x4.mul(d, zero)), zero);
  // In this order NaN stays, and -0 plus 0 is 0.
  const tmin = f32x4.add(f32x4.pmax(v128.shuffle<f32>(scaled, scaled, 3, 3, 3, 3), zero), zero);
  const tmax = f32x4.mul(v128.shuffle<f32>(d, d, 3, 3, 3, 3), scale);
  const isDirected = i32x4.bitmask(f32x4.ne(d, zero)) & 7;
  const isOpen = i32x4.bitmask(f32x4.lt(tmin, tmax));
  if ((i32x4.bitmask(finite) & 7) != 7 || !isDirected || !isOpen) return false;

  v128.store(slot, tmin, SLOT_TMIN);
  v128.store(slot, tmax, SLOT_T);
  store<i32>(slot, -1, SLOT_TRIANGLE);
  return true;
}

/** `aim` for the line of a ray of the world. */
export function aimRay(slot: usize, ray: usize, header: usize): void {
  const o = f32x4.mul(v128.load(ray), v128.load32_splat(header, HEADER_SCALE));
  inline.always(aim(slot, o, v128.load(ray, 16), header));
}

/** The same where the ray before had the same origin and went to the same side on each axis. */
export function turnRay(slot: usize, ray: usize, header: usize): void {
  const o = f32x4.mul(v128.load(ray), v128.load32_splat(header, HEADER_SCALE));
  inline.always(turn(slot, o, v128.load(ray, 16)));
}

/**
 * Fills in all that depends on the line alone, and no hit: from `o`, in the direction `d`, through the hierarchy of that header,
 * in whose scale they are.
 */
export function aim(slot: usize, o: v128, d: v128, header: usize): void {
  inline.always(place(slot, o, d, header));
  inline.always(turn(slot, o, d));
}

/** Of a line, what depends on where it begins and on the signs of its direction. */
function place(slot: usize, o: v128, d: v128, header: usize): void {
  const extent = f32x4.pmax(
    f32x4.abs(f32x4.sub(v128.load(header, HEADER_LOWER), o)),
    f32x4.abs(f32x4.sub(v128.load(header, HEADER_UPPER), o)),
  );
  const away = v128.or(
    f32x4.mul(f32x4.add(extent, largestOf(extent)), f32x4.splat(ORIGIN_SLACK)),
    v128.and(d, f32x4.splat(-0.0)),
  );
  splat3(slot + SLOT_NEAR, f32x4.add(o, away));
  splat3(slot + SLOT_FAR, f32x4.sub(o, away));
  const planes = v128.and(i32x4.shr_s(d, 31), i32x4.splat(PLANE_BYTES));
  // The fourth lane falls on SLOT_TRIANGLE: shifted, it is made -1 (no hit) here.
  v128.store(
    slot,
    i32x4.replace_lane(i32x4.add(planes, i32x4(0, 2 * PLANE_BYTES, 4 * PLANE_BYTES, 0)), 3, -1),
    SLOT_PLANES,
  );
}

/** The rest: what depends on where it goes. */
function turn(slot: usize, o: v128, d: v128): void {
  const size = f32x4.abs(d);
  // Of equal ones the last axis.
  const largest: usize = 31 - <usize>clz(i32x4.bitmask(f32x4.eq(size, largestOf(size))) & 7);
  const row = PERMUTATIONS + (largest << 5);
  const permutation = v128.load(row);
  const reciprocal = v128.or(
    f32x4.div(f32x4.splat(1), f32x4.pmax(size, f32x4.splat(FLATTEST))),
    v128.and(d, f32x4.splat(-0.0)),
  );
  splat3(slot + SLOT_NEAR_RECIPROCAL, f32x4.mul(reciprocal, f32x4.splat(RECIPROCAL_DOWN)));
  splat3(slot + SLOT_FAR_RECIPROCAL, f32x4.mul(reciprocal, f32x4.splat(RECIPROCAL_UP)));
  v128.store(slot, v128.load(row, 16), SLOT_AXES);
  v128.store(slot, i8x16.swizzle(o, permutation), SLOT_ORIGIN);
  const turned = i8x16.swizzle(d, permutation);
  const numerators = f32x4.replace_lane(turned, 2, 1);
  v128.store(slot, f32x4.div(numerators, v128.shuffle<f32>(turned, turned, 2, 2, 2, 2)), SLOT_SHEAR);
}
