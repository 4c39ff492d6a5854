// From a ray that is done to the hit that its asker reads.

import { SLOT_EDGES, SLOT_LANE, SLOT_T, SLOT_TRIANGLE } from './slot';

export function writeMiss(hit: usize): void {
  store<f32>(hit, Infinity);
  store<u64>(hit, 0, 4);
  store<i32>(hit, -1, 12);
}

/** Q = f32: the closest hit; Q = bool: only whether there is one. `unscale` takes a distance back to the asker's units. */
export function writeHit<Q>(slot: usize, hit: usize, unscale: f32): void {
  const triangle = load<i32>(slot, SLOT_TRIANGLE);
  if (!isFloat<Q>()) {
    store<i32>(hit, triangle, 12);
    return;
  }
  if (triangle < 0) {
    writeMiss(hit);
    return;
  }
  const edges = slot + load<u32>(slot, SLOT_LANE) + SLOT_EDGES;
  const share: f32 = <f32>1 / load<f32>(edges, 32);
  store<f32>(hit, load<f32>(slot, SLOT_T) * unscale);
  store<f32>(hit, load<f32>(edges) * share, 4);
  store<f32>(hit, load<f32>(edges, 16) * share, 8);
  store<i32>(hit, triangle, 12);
}
