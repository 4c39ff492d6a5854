// A ray on its way through the hierarchy: what the box test and the triangle test need, laid out so that a step loads each
// number once, and the stack of what is still to be visited.
//
// Boxes and triangles agree as in Woop, Benthin, Wald 2013, "Watertight Ray/Triangle Intersection" (JCGT 2:1): triangles
// are tested in the plane that the ray sees as a point, where a shared edge gives both its triangles the same number with
// the opposite sign, and boxes are tested with an origin and a reciprocal direction that are off by more than the rounding
// of the triangle test, so that no box is missed whose triangle would be hit.

import { HEADER_LOWER, HEADER_SCALE, HEADER_UPPER, PLANE_BYTES } from './layout';

/** f32 x 3: origin for near planes; f32: tmin. */
// @ts-ignore: decorator
@inline export const SLOT_NEAR: usize = 0;
// @ts-ignore: decorator
@inline export const SLOT_TMIN: usize = 12;
/** f32 x 3: reciprocal direction for near planes; f32: distance of the best hit so far, or tmax. */
// @ts-ignore: decorator
@inline export const SLOT_NEAR_RECIPROCAL: usize = 16;
// @ts-ignore: decorator
@inline export const SLOT_T: usize = 28;
/** f32 x 3: origin for far planes; f32: u. */
// @ts-ignore: decorator
@inline export const SLOT_FAR: usize = 32;
// @ts-ignore: decorator
@inline export const SLOT_U: usize = 44;
/** f32 x 3: reciprocal direction for far planes; f32: v. */
// @ts-ignore: decorator
@inline export const SLOT_FAR_RECIPROCAL: usize = 48;
// @ts-ignore: decorator
@inline export const SLOT_V: usize = 60;
/** f32 x 3: origin with the axes permuted so that z is the direction's largest; then the shear of x, y and z. */
// @ts-ignore: decorator
@inline export const SLOT_ORIGIN: usize = 64;
// @ts-ignore: decorator
@inline export const SLOT_SHEAR: usize = 76;
/** u32 x 3: offset of the permuted axes in a packet. */
// @ts-ignore: decorator
@inline export const SLOT_AXES: usize = 88;
/** u32 x 3: offset of the near planes in a node. */
// @ts-ignore: decorator
@inline export const SLOT_PLANES: usize = 100;
/** i32: triangle of the best hit so far. */
// @ts-ignore: decorator
@inline export const SLOT_TRIANGLE: usize = 112;
/** usize: where the hit goes. */
// @ts-ignore: decorator
@inline export const SLOT_HIT: usize = 116;
/** u32: reference to visit next; 0: the ray is done. */
// @ts-ignore: decorator
@inline export const SLOT_NEXT: usize = 120;
/** usize: top of the stack. */
// @ts-ignore: decorator
@inline export const SLOT_TOP: usize = 124;
/** f32 x 8: where the ray enters the boxes of the node in work. */
// @ts-ignore: decorator
@inline export const SLOT_ENTRIES: usize = 128;
/** The stack: u32 reference, f32 entry. */
// @ts-ignore: decorator
@inline export const SLOT_STACK: usize = 160;
/** MAX_DEPTH nodes leave at most seven entries each behind. */
// @ts-ignore: decorator
@inline export const SLOT_BYTES: usize = 160 + 40 * 7 * 8 + 32;

/** 2^-24: half a unit in the last place of 1. */
// @ts-ignore: decorator
@inline const ULP: f32 = 5.9604644775390625e-8;
/** Woop's bound is five; distances through a node are compared with those of triangles, whose rounding is added to it. */
// @ts-ignore: decorator
@inline const ORIGIN_SLACK: f32 = 8 * ULP;
// @ts-ignore: decorator
@inline const RECIPROCAL_DOWN: f32 = 1 - 16 * ULP;
// @ts-ignore: decorator
@inline const RECIPROCAL_UP: f32 = 1 + 16 * ULP;

/** Flat directions get a reciprocal this large instead of infinity: 0 times it is 0, so no NaN appears in a box test. */
// @ts-ignore: decorator
@inline const STEEPEST: f32 = 1e37;

// @ts-ignore: decorator
@inline function reciprocal(d: f32): f32 {
  return abs(d) < 1 / STEEPEST ? copysign<f32>(STEEPEST, d) : 1 / d;
}

// @ts-ignore: decorator
@inline function prepareAxis(slot: usize, axis: usize, o: f32, d: f32, r: f32, slack: f32): void {
  const away = copysign<f32>(slack, d);
  store<f32>(slot + axis, o + away, SLOT_NEAR);
  store<f32>(slot + axis, o - away, SLOT_FAR);
  store<f32>(slot + axis, r * RECIPROCAL_DOWN, SLOT_NEAR_RECIPROCAL);
  store<f32>(slot + axis, r * RECIPROCAL_UP, SLOT_FAR_RECIPROCAL);
  const near = axis * (2 * PLANE_BYTES / 4) + <usize>(reinterpret<u32>(d) >> 31) * PLANE_BYTES;
  store<u32>(slot + axis, <u32>near, SLOT_PLANES);
}

/** Prepares the slot for a ray; false when it can hit nothing (not finite, no direction, empty interval). */
export function prepare(slot: usize, ray: usize, header: usize): bool {
  const scale = load<f32>(header, HEADER_SCALE);
  const ox = load<f32>(ray) * scale;
  const oy = load<f32>(ray, 4) * scale;
  const oz = load<f32>(ray, 8) * scale;
  const tmin = max<f32>(load<f32>(ray, 12) * scale, 0);
  const dx = load<f32>(ray, 16);
  const dy = load<f32>(ray, 20);
  const dz = load<f32>(ray, 24);
  const tmax = load<f32>(ray, 28) * scale;
  const ax = abs(dx);
  const ay = abs(dy);
  const az = abs(dz);
  const most = max(max(ax, ay), az);
  // NaN and infinities fail these comparisons.
  const finite = (ox + oy + oz + dx + dy + dz) * 0 == 0;
  if (!finite || !(most > 0) || !(tmin < tmax)) return false;

  const extent = f32x4.pmax(
    f32x4.abs(f32x4.sub(v128.load(header, HEADER_LOWER), f32x4(ox, oy, oz, 0))),
    f32x4.abs(f32x4.sub(v128.load(header, HEADER_UPPER), f32x4(ox, oy, oz, 0))),
  );
  const ex = f32x4.extract_lane(extent, 0);
  const ey = f32x4.extract_lane(extent, 1);
  const ez = f32x4.extract_lane(extent, 2);
  let deepest = ez;
  if (az >= ax && az >= ay) {
    permute(slot, 0, 4, 8, ox, oy, oz, dx, dy, dz);
  } else if (ay >= ax) {
    permute(slot, 8, 0, 4, oz, ox, oy, dz, dx, dy);
    deepest = ey;
  } else {
    permute(slot, 4, 8, 0, oy, oz, ox, dy, dz, dx);
    deepest = ex;
  }
  prepareAxis(slot, 0, ox, dx, reciprocal(dx), ORIGIN_SLACK * (ex + deepest));
  prepareAxis(slot, 4, oy, dy, reciprocal(dy), ORIGIN_SLACK * (ey + deepest));
  prepareAxis(slot, 8, oz, dz, reciprocal(dz), ORIGIN_SLACK * (ez + deepest));
  store<f32>(slot, tmin, SLOT_TMIN);
  store<f32>(slot, tmax, SLOT_T);
  return true;
}

// @ts-ignore: decorator
@inline function permute(
  slot: usize, kx: u32, ky: u32, kz: u32, ox: f32, oy: f32, oz: f32, dx: f32, dy: f32, dz: f32,
): void {
  store<f32>(slot, ox, SLOT_ORIGIN);
  store<f32>(slot, oy, SLOT_ORIGIN + 4);
  store<f32>(slot, oz, SLOT_ORIGIN + 8);
  store<f32>(slot, dx / dz, SLOT_SHEAR);
  store<f32>(slot, dy / dz, SLOT_SHEAR + 4);
  store<f32>(slot, 1 / dz, SLOT_SHEAR + 8);
  store<u32>(slot, kx << 2, SLOT_AXES);
  store<u32>(slot, ky << 2, SLOT_AXES + 4);
  store<u32>(slot, kz << 2, SLOT_AXES + 8);
}
