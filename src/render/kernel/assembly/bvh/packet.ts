// The watertight test of one ray against a packet of four triangles (Woop, Benthin, Wald 2013), both faces. The sign of an
// edge number is right or the number is zero, because rounding is monotone, and zero counts as inside: two triangles that
// share an edge can both be hit there, never neither. The distance is a mean of the corners' distances with weights of one
// sign, so it never leaves the triangle's own range.

import { PACKET_NUMBERS } from './layout';
import {
  SLOT_AXES,
  SLOT_ENTRIES,
  SLOT_ORIGIN,
  SLOT_SHEAR,
  SLOT_T,
  SLOT_TMIN,
  SLOT_TRIANGLE,
  SLOT_U,
  SLOT_V,
} from './slot';

/** Tests the packet; with `any`, true as soon as one triangle is in the interval; else keeps the nearest in the slot. */
// @ts-ignore: decorator
@inline export function testPacket(slot: usize, packet: usize, any: bool): bool {
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
  const inside = v128.or(
    f32x4.ge(f32x4.pmin(f32x4.pmin(u, v), w), zero),
    f32x4.le(f32x4.pmax(f32x4.pmax(u, v), w), zero),
  );
  if (!v128.any_true(inside)) return false;
  const sum = f32x4.add(f32x4.add(u, v), w);
  const depth = f32x4.add(f32x4.add(f32x4.mul(u, az), f32x4.mul(v, bz)), f32x4.mul(w, cz));
  // A zero sum divides to infinity or NaN, which the comparisons below refuse.
  const t = f32x4.mul(f32x4.div(depth, sum), v128.load32_splat(slot, SLOT_SHEAR + 8));
  const far = v128.load32_splat(slot, SLOT_T);
  const within = v128.and(
    v128.and(inside, f32x4.ne(sum, zero)),
    v128.and(f32x4.gt(t, v128.load32_splat(slot, SLOT_TMIN)), any ? f32x4.lt(t, far) : f32x4.le(t, far)),
  );
  let hits = i32x4.bitmask(within);
  if (any) return hits != 0;
  if (!hits) return false;

  // Lanes are in rising order of triangle number, so among equal distances the first lane is the lowest triangle.
  v128.store(slot, t, SLOT_ENTRIES);
  let best = load<f32>(slot, SLOT_T);
  let triangle = load<i32>(slot, SLOT_TRIANGLE);
  let chosen: usize = 16;
  do {
    const lane = <usize>ctz(hits) << 2;
    hits &= hits - 1;
    const distance = load<f32>(slot + lane, SLOT_ENTRIES);
    const number = load<i32>(packet + lane, PACKET_NUMBERS);
    // No hit yet is triangle -1: a distance equal to tmax is then outside the interval.
    if (distance < best || (distance == best && number < triangle)) {
      best = distance;
      triangle = number;
      chosen = lane;
    }
  } while (hits);
  if (chosen == 16) return false;
  store<f32>(slot, best, SLOT_T);
  store<i32>(slot, triangle, SLOT_TRIANGLE);
  v128.store(slot, f32x4.div(v, sum), SLOT_ENTRIES);
  store<f32>(slot, load<f32>(slot + chosen, SLOT_ENTRIES), SLOT_U);
  v128.store(slot, f32x4.div(w, sum), SLOT_ENTRIES);
  store<f32>(slot, load<f32>(slot + chosen, SLOT_ENTRIES), SLOT_V);
  return false;
}
