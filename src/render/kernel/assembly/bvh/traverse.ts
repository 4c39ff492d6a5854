// Walks the hierarchy for one ray: nearest boxes first, packets where they come up.

import { HEADER_ROOT, HEADER_SCALE, NODE_CHILDREN, PACKET_BIT, PLANE_BYTES } from './layout';
import { testPacket } from './packet';
import {
  prepare,
  SLOT_ENTRIES,
  SLOT_FAR,
  SLOT_FAR_RECIPROCAL,
  SLOT_NEAR,
  SLOT_NEAR_RECIPROCAL,
  SLOT_PLANES,
  SLOT_STACK,
  SLOT_T,
  SLOT_TMIN,
  SLOT_TRIANGLE,
  SLOT_U,
  SLOT_V,
} from './slot';

const slot = memory.data(4096, 64);

/** Entry distances of half a node's boxes to the slot; a bit per box that the ray meets before its best hit. */
// @ts-ignore: decorator
@inline function testBoxes(slot: usize, nearX: usize, nearY: usize, nearZ: usize, farX: usize, farY: usize, farZ: usize, half: usize): i32 {
  const enter = f32x4.pmax(
    f32x4.pmax(
      f32x4.mul(f32x4.sub(v128.load(nearX + half), v128.load32_splat(slot, SLOT_NEAR)), v128.load32_splat(slot, SLOT_NEAR_RECIPROCAL)),
      f32x4.mul(f32x4.sub(v128.load(nearY + half), v128.load32_splat(slot, SLOT_NEAR + 4)), v128.load32_splat(slot, SLOT_NEAR_RECIPROCAL + 4)),
    ),
    f32x4.pmax(
      f32x4.mul(f32x4.sub(v128.load(nearZ + half), v128.load32_splat(slot, SLOT_NEAR + 8)), v128.load32_splat(slot, SLOT_NEAR_RECIPROCAL + 8)),
      v128.load32_splat(slot, SLOT_TMIN),
    ),
  );
  const leave = f32x4.pmin(
    f32x4.pmin(
      f32x4.mul(f32x4.sub(v128.load(farX + half), v128.load32_splat(slot, SLOT_FAR)), v128.load32_splat(slot, SLOT_FAR_RECIPROCAL)),
      f32x4.mul(f32x4.sub(v128.load(farY + half), v128.load32_splat(slot, SLOT_FAR + 4)), v128.load32_splat(slot, SLOT_FAR_RECIPROCAL + 4)),
    ),
    f32x4.pmin(
      f32x4.mul(f32x4.sub(v128.load(farZ + half), v128.load32_splat(slot, SLOT_FAR + 8)), v128.load32_splat(slot, SLOT_FAR_RECIPROCAL + 8)),
      v128.load32_splat(slot, SLOT_T),
    ),
  );
  v128.store(slot + half, enter, SLOT_ENTRIES);
  return i32x4.bitmask(f32x4.le(enter, leave));
}

/** Traces the ray prepared in the slot; true when `any` found a hit. */
// @ts-ignore: decorator
@inline function walk(root: u32, any: bool): bool {
  const bottom = slot + SLOT_STACK;
  let top = bottom;
  let next = root;
  while (true) {
    if (next & PACKET_BIT) {
      if (testPacket(slot, <usize>(next ^ PACKET_BIT), any)) return true;
    } else {
      const node = <usize>next;
      const px = <usize>load<u32>(slot, SLOT_PLANES);
      const py = <usize>load<u32>(slot, SLOT_PLANES + 4);
      const pz = <usize>load<u32>(slot, SLOT_PLANES + 8);
      const nearX = node + px;
      const nearY = node + py;
      const nearZ = node + pz;
      const farX = node + (px ^ PLANE_BYTES);
      const farY = node + (py ^ PLANE_BYTES);
      const farZ = node + (pz ^ PLANE_BYTES);
      let boxes =
        testBoxes(slot, nearX, nearY, nearZ, farX, farY, farZ, 0) |
        (testBoxes(slot, nearX, nearY, nearZ, farX, farY, farZ, 16) << 4);
      const first = top;
      while (boxes) {
        const place = <usize>ctz(boxes) << 2;
        boxes &= boxes - 1;
        const entry = load<f32>(slot + place, SLOT_ENTRIES);
        let to = top;
        while (to > first && load<f32>(to - 4) < entry) {
          store<u64>(to, load<u64>(to - 8));
          to -= 8;
        }
        store<u32>(to, load<u32>(node + place, NODE_CHILDREN));
        store<f32>(to, entry, 4);
        top += 8;
      }
    }
    do {
      if (top == bottom) return false;
      top -= 8;
      // An entry equal to the best distance may hold an equal hit of a lower number.
    } while (load<f32>(top, 4) > load<f32>(slot, SLOT_T));
    next = load<u32>(top);
  }
}

export function closest(header: usize, rays: usize, hits: usize, count: i32): void {
  const root = header ? load<u32>(header, HEADER_ROOT) : 0;
  const unscale: f32 = <f32>1 / load<f32>(header, HEADER_SCALE);
  for (let i = 0; i < count; i++) {
    const hit = hits + (<usize>i << 4);
    store<f32>(hit, Infinity);
    store<f32>(hit, 0, 4);
    store<f32>(hit, 0, 8);
    store<i32>(hit, -1, 12);
    if (!root || !prepare(slot, rays + (<usize>i << 5), header)) continue;
    store<i32>(slot, -1, SLOT_TRIANGLE);
    walk(root, false);
    const triangle = load<i32>(slot, SLOT_TRIANGLE);
    if (triangle < 0) continue;
    store<f32>(hit, load<f32>(slot, SLOT_T) * unscale);
    store<f32>(hit, load<f32>(slot, SLOT_U), 4);
    store<f32>(hit, load<f32>(slot, SLOT_V), 8);
    store<i32>(hit, triangle, 12);
  }
}

export function any(header: usize, rays: usize, hits: usize, count: i32): void {
  const root = header ? load<u32>(header, HEADER_ROOT) : 0;
  for (let i = 0; i < count; i++) {
    const hit = hits + (<usize>i << 4);
    store<i32>(hit, -1, 12);
    if (!root || !prepare(slot, rays + (<usize>i << 5), header)) continue;
    if (walk(root, true)) store<i32>(hit, 0, 12);
  }
}
