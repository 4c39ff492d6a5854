// The watertight test of one ray against a packet of four triangles (Woop, Benthin, Wald 2013), both faces. The sign of an
// edge number is right or the number is zero, because rounding is monotone, and zero counts as inside: two triangles that
// share an edge can both be hit there, never neither. The distance is a mean of the corners' distances with weights of one
// sign, so it never leaves the triangle's own range.

import { PACKET_NUMBERS } from './layout';
import {
  SLOT_AXES,
  SLOT_EDGES,
  SLOT_LANE,
  SLOT_ORIGIN,
  SLOT_REFUSED,
  SLOT_SHEAR,
  SLOT_T,
  SLOT_TMIN,
  SLOT_TRIANGLE,
} from './slot';

/**
 * 2^-100: twice the area, as the ray sees it, of the smallest triangle that can be hit. The scene is scaled to a size of one,
 * so this is a triangle of 2^-50 of it; for smaller ones products underflow and their quotient would be any number.
 */
const LEAST_SUM: f32 = 7.888609052210118e-31;

/**
 * Tests the packet; with Q = bool (any hit) true when there is a hit; with Q = f32 keeps the nearest in the slot. Where it can be
 * foreseen that the ray passes no triangle (`isForeseen`), because its neighbours pass none, a branch spares the rest.
 */
export function testPacket<Q>(slot: usize, packet: usize, isForeseen: bool): bool {
  const px = packet + load<u32>(slot, SLOT_AXES);
  const py = packet + load<u32>(slot, SLOT_AXES + 4);
  const pz = packet + load<u32>(slot, SLOT_AXES + 8);
  const oz = v128.load32_splat(slot, SLOT_ORIGIN + 8);
  const az = f32x4.sub(v128.load(pz), oz);
  const bz = f32x4.sub(v128.load(pz, 48), oz);
  const cz = f32x4.sub(v128.load(pz, 96), oz);
  const ox = v128.load32_splat(slot, SLOT_ORIGIN);
  const sx = v128.load32_splat(slot, SLOT_SHEAR);
  const ax = f32x4.sub(f32x4.sub(v128.load(px), ox), f32x4.mul(sx, az));
  const bx = f32x4.sub(f32x4.sub(v128.load(px, 48), ox), f32x4.mul(sx, bz));
  const cx = f32x4.sub(f32x4.sub(v128.load(px, 96), ox), f32x4.mul(sx, cz));
  const oy = v128.load32_splat(slot, SLOT_ORIGIN + 4);
  const sy = v128.load32_splat(slot, SLOT_SHEAR + 4);
  const ay = f32x4.sub(f32x4.sub(v128.load(py), oy), f32x4.mul(sy, az));
  const by = f32x4.sub(f32x4.sub(v128.load(py, 48), oy), f32x4.mul(sy, bz));
  const cy = f32x4.sub(f32x4.sub(v128.load(py, 96), oy), f32x4.mul(sy, cz));
  const u = f32x4.sub(f32x4.mul(cx, by), f32x4.mul(cy, bx));
  const v = f32x4.sub(f32x4.mul(ax, cy), f32x4.mul(ay, cx));
  const w = f32x4.sub(f32x4.mul(bx, ay), f32x4.mul(by, ax));
  const zero = f32x4.splat(0);
  const sum = f32x4.add(f32x4.add(u, v), w);
  const sided = v128.or(
    f32x4.ge(f32x4.pmin(f32x4.pmin(u, v), w), zero),
    f32x4.le(f32x4.pmax(f32x4.pmax(u, v), w), zero),
  );
  const inside = v128.and(sided, f32x4.ge(f32x4.abs(sum), f32x4.splat(LEAST_SUM)));
  if (isForeseen && !v128.any_true(inside)) return false;
  const depth = f32x4.add(f32x4.add(f32x4.mul(u, az), f32x4.mul(v, bz)), f32x4.mul(w, cz));
  // A sum of zero divides to infinity or NaN, which the comparisons below refuse.
  const t = f32x4.mul(f32x4.div(depth, sum), v128.load32_splat(slot, SLOT_SHEAR + 8));
  const far = v128.load(slot, SLOT_T);
  const hit = v128.and(inside, f32x4.gt(t, v128.load(slot, SLOT_TMIN)));
  if (isBoolean<Q>()) return v128.any_true(v128.and(hit, f32x4.lt(t, far)));

  // The nearest of the lanes, by two rotations; a lane that is not hit counts as infinitely far.
  const distances = v128.bitselect(t, f32x4.splat(Infinity), hit);
  const pairs = f32x4.pmin(distances, v128.shuffle<f32>(distances, distances, 2, 3, 0, 1));
  const nearest = f32x4.pmin(pairs, v128.shuffle<f32>(pairs, pairs, 1, 0, 3, 2));
  // Lanes are in rising order of triangle number, so among equal distances the first lane is the lowest triangle.
  const lane = (<usize>ctz(i32x4.bitmask(f32x4.eq(distances, nearest)))) << 2;
  const distance = f32x4.extract_lane(nearest, 0);
  const number = load<i32>(packet + lane, PACKET_NUMBERS);
  const best = f32x4.extract_lane(far, 0);
  const triangle = load<i32>(slot, SLOT_TRIANGLE);
  // No hit yet is triangle -1: a distance equal to tmax is then outside the interval.
  const better = i32(distance < best) | (i32(distance == best) & i32(number < triangle));
  const edges = slot + select<usize>(SLOT_EDGES, SLOT_REFUSED, better);
  v128.store(edges, v);
  v128.store(edges, w, 16);
  v128.store(edges, sum, 32);
  store<u32>(edges, <u32>lane, SLOT_LANE - SLOT_EDGES);
  store<i32>(slot, select<i32>(number, triangle, better), SLOT_TRIANGLE);
  v128.store(slot, f32x4.pmin(far, nearest), SLOT_T);
  return false;
}
