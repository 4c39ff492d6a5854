// Where a ray goes into an instance and comes out again. Inside it has a slot of its own, with a stack of its own: the slot in
// the world stays as it is, so coming out costs next to nothing. The direction is not made unit length again, and the scales
// of both are in the matrix, so distances inside are those of the world: boxes and hits of all levels compare as they are.
//
// Of equal distances the world's triangles come first, then the lowest instance, then its lowest triangle.

import { EXIT, HEADER_RECORDS, HEADER_ROOT, INSTANCE_BIT, INSTANCE_BYTES, INSTANCE_HEADER, INSTANCE_PLACE } from './layout';
import {
  aim,
  INNER_SLOT,
  OF_INSTANCE,
  SLOT_EDGES,
  SLOT_FOUND_INSTANCE,
  SLOT_FOUND_TRIANGLE,
  SLOT_HIT,
  SLOT_LANE,
  SLOT_REFUSED,
  SLOT_SOURCE,
  SLOT_STACK,
  SLOT_T,
  SLOT_TMIN,
  SLOT_TOP,
  SLOT_TRIANGLE,
  SLOT_WORLD,
} from './slot';
import { pop } from './stack';

/** SLOT_TRIANGLE inside an instance as long as there is no hit: with the first, an equal distance counts as nearer. */
const NOTHING: i32 = -1;
const NOTHING_BEFORE_EQUAL: i32 = i32.MAX_VALUE;

/** Where the records of the instances begin. */
let records: usize = 0;

/** To be done once for a pair of slots, for rays that meet the hierarchy of this header. */
export function pairSlots(slot: usize, header: usize): void {
  records = <usize>load<u32>(header, HEADER_RECORDS);
  const inner = slot + INNER_SLOT;
  store<usize>(slot, slot, SLOT_WORLD);
  store<usize>(inner, slot, SLOT_WORLD);
  store<u64>(slot, 0, SLOT_STACK);
  // At distance 0, so that no hit ever drops it.
  store<u64>(inner, <u64>EXIT, SLOT_STACK);
  store<usize>(inner, 0, SLOT_HIT);
}

/** Number of the instance whose record that is. */
function numberOf(record: usize): i32 {
  return <i32>((record - records) / INSTANCE_BYTES);
}

function linear(record: usize, v: v128): v128 {
  return f32x4.add(
    f32x4.add(
      f32x4.mul(v128.load(record), v128.shuffle<f32>(v, v, 0, 0, 0, 0)),
      f32x4.mul(v128.load(record, 16), v128.shuffle<f32>(v, v, 1, 1, 1, 1)),
    ),
    f32x4.mul(v128.load(record, 32), v128.shuffle<f32>(v, v, 2, 2, 2, 2)),
  );
}

/** What comes next on the stack of a slot. */
function nextOf<Q>(slot: usize): u32 {
  const top = load<usize>(slot, SLOT_TOP) - 8;
  if (isFloat<Q>()) return pop(slot, top);
  store<usize>(slot, top, SLOT_TOP);
  return load<u32>(top);
}

/** The slot in which a ray is after `pass`. */
export let passedTo: usize = 0;

/**
 * Takes the ray of `slot` through a portal; `scale` is the world's, in all lanes. What it visits next is returned, in which of
 * its slots it then is stands in `passedTo`.
 */
export function pass<Q>(slot: usize, portal: u32, scale: v128): u32 {
  if (portal == EXIT) return leave<Q>(slot);
  const record = <usize>(portal ^ INSTANCE_BIT);
  const inner = slot + INNER_SLOT;
  const ray = load<usize>(slot, SLOT_SOURCE);
  const o = linear(record, f32x4.sub(f32x4.mul(v128.load(ray), scale), v128.load(record, INSTANCE_PLACE)));
  const d = linear(record, v128.load(ray, 16));
  const zero = f32x4.splat(0);
  const finite = v128.and(f32x4.eq(f32x4.mul(o, zero), zero), f32x4.eq(f32x4.mul(d, zero), zero));
  if (i32x4.bitmask(finite) != 15 || !v128.any_true(f32x4.ne(d, zero))) {
    passedTo = slot;
    return nextOf<Q>(slot);
  }
  const header = <usize>load<u32>(record, INSTANCE_HEADER);
  const moved = inner + SLOT_REFUSED;
  v128.store(moved, o);
  v128.store(moved, d, 16);
  inline.always(aim(inner, moved, o, d, 1, header));
  v128.store(inner, v128.load(slot, SLOT_TMIN), SLOT_TMIN);
  v128.store(inner, v128.load(slot, SLOT_T), SLOT_T);
  store<usize>(inner, inner + SLOT_STACK + 8, SLOT_TOP);
  store<usize>(inner, record, SLOT_SOURCE);
  if (isFloat<Q>()) {
    const isLater =
      load<i32>(slot, SLOT_TRIANGLE) == OF_INSTANCE && load<i32>(slot, SLOT_FOUND_INSTANCE) > numberOf(record);
    store<i32>(inner, isLater ? NOTHING_BEFORE_EQUAL : NOTHING, SLOT_TRIANGLE);
  } else {
    store<usize>(inner, load<usize>(slot, SLOT_HIT), SLOT_HIT);
  }
  passedTo = inner;
  return load<u32>(header, HEADER_ROOT);
}

function leave<Q>(inner: usize): u32 {
  const slot = inner - INNER_SLOT;
  passedTo = slot;
  if (isFloat<Q>()) {
    const triangle = load<i32>(inner, SLOT_TRIANGLE);
    if (triangle != NOTHING && triangle != NOTHING_BEFORE_EQUAL) {
      v128.store(slot, v128.load(inner, SLOT_T), SLOT_T);
      v128.store(slot, v128.load(inner, SLOT_EDGES), SLOT_EDGES);
      v128.store(slot, v128.load(inner, SLOT_EDGES + 16), SLOT_EDGES + 16);
      v128.store(slot, v128.load(inner, SLOT_EDGES + 32), SLOT_EDGES + 32);
      store<u32>(slot, load<u32>(inner, SLOT_LANE), SLOT_LANE);
      store<i32>(slot, triangle, SLOT_FOUND_TRIANGLE);
      store<i32>(slot, numberOf(load<usize>(inner, SLOT_SOURCE)), SLOT_FOUND_INSTANCE);
      store<i32>(slot, OF_INSTANCE, SLOT_TRIANGLE);
    }
  }
  return nextOf<Q>(slot);
}

/** Puts the best hit of a ray that is done where `writeHit` looks for it. @returns its instance; -1: the world's, or none */
export function settle(slot: usize): i32 {
  if (load<i32>(slot, SLOT_TRIANGLE) != OF_INSTANCE) return -1;
  store<i32>(slot, load<i32>(slot, SLOT_FOUND_TRIANGLE), SLOT_TRIANGLE);
  return load<i32>(slot, SLOT_FOUND_INSTANCE);
}
