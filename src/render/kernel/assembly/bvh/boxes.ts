// One ray against the eight boxes of a node, four at a time.

import { PLANE_BYTES } from './layout';
import {
  SLOT_ENTRIES,
  SLOT_FAR,
  SLOT_FAR_RECIPROCAL,
  SLOT_NEAR,
  SLOT_NEAR_RECIPROCAL,
  SLOT_PLANES,
  SLOT_T,
  SLOT_TMIN,
} from './slot';

/** @returns a bit for each box that the ray meets before its best hit; where it enters each is left in SLOT_ENTRIES */
export function testBoxes(slot: usize, node: usize): i32 {
  const planesX = <usize>load<u32>(slot, SLOT_PLANES);
  const planesY = <usize>load<u32>(slot, SLOT_PLANES + 4);
  const planesZ = <usize>load<u32>(slot, SLOT_PLANES + 8);

  // Near planes to the end, stores included, before far planes begin: all of it then fits in sixteen registers.
  const nearX = node + planesX;
  const nearY = node + planesY;
  const nearZ = node + planesZ;
  const originX = v128.load(slot, SLOT_NEAR);
  const originY = v128.load(slot, SLOT_NEAR + 16);
  const originZ = v128.load(slot, SLOT_NEAR + 32);
  const reciprocalX = v128.load(slot, SLOT_NEAR_RECIPROCAL);
  const reciprocalY = v128.load(slot, SLOT_NEAR_RECIPROCAL + 16);
  const reciprocalZ = v128.load(slot, SLOT_NEAR_RECIPROCAL + 32);
  const tmin = v128.load(slot, SLOT_TMIN);
  // tmin comes first so that an entry of -0 becomes +0: entries are ordered by their bits.
  const enter0 = f32x4.pmax(
    f32x4.pmax(tmin, f32x4.mul(f32x4.sub(v128.load(nearX), originX), reciprocalX)),
    f32x4.pmax(
      f32x4.mul(f32x4.sub(v128.load(nearY), originY), reciprocalY),
      f32x4.mul(f32x4.sub(v128.load(nearZ), originZ), reciprocalZ),
    ),
  );
  v128.store(slot, enter0, SLOT_ENTRIES);
  const enter1 = f32x4.pmax(
    f32x4.pmax(tmin, f32x4.mul(f32x4.sub(v128.load(nearX, 16), originX), reciprocalX)),
    f32x4.pmax(
      f32x4.mul(f32x4.sub(v128.load(nearY, 16), originY), reciprocalY),
      f32x4.mul(f32x4.sub(v128.load(nearZ, 16), originZ), reciprocalZ),
    ),
  );
  v128.store(slot, enter1, SLOT_ENTRIES + 16);

  const farX = node + (planesX ^ PLANE_BYTES);
  const farY = node + (planesY ^ PLANE_BYTES);
  const farZ = node + (planesZ ^ PLANE_BYTES);
  const backX = v128.load(slot, SLOT_FAR);
  const backY = v128.load(slot, SLOT_FAR + 16);
  const backZ = v128.load(slot, SLOT_FAR + 32);
  const inverseX = v128.load(slot, SLOT_FAR_RECIPROCAL);
  const inverseY = v128.load(slot, SLOT_FAR_RECIPROCAL + 16);
  const inverseZ = v128.load(slot, SLOT_FAR_RECIPROCAL + 32);
  const best = v128.load(slot, SLOT_T);
  const leave0 = f32x4.pmin(
    f32x4.pmin(best, f32x4.mul(f32x4.sub(v128.load(farX), backX), inverseX)),
    f32x4.pmin(
      f32x4.mul(f32x4.sub(v128.load(farY), backY), inverseY),
      f32x4.mul(f32x4.sub(v128.load(farZ), backZ), inverseZ),
    ),
  );
  const leave1 = f32x4.pmin(
    f32x4.pmin(best, f32x4.mul(f32x4.sub(v128.load(farX, 16), backX), inverseX)),
    f32x4.pmin(
      f32x4.mul(f32x4.sub(v128.load(farY, 16), backY), inverseY),
      f32x4.mul(f32x4.sub(v128.load(farZ, 16), backZ), inverseZ),
    ),
  );
  return i32x4.bitmask(f32x4.le(enter0, leave0)) | (i32x4.bitmask(f32x4.le(enter1, leave1)) << 4);
}
