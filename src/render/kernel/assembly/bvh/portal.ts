// Where a ray goes into an instance and comes out again. It keeps its slot: inside, what depends on the line is that of the
// mesh's space, and an entry on the stack marks where the world goes on. The direction is not made unit length again, and the
// scales of both are in the matrix, so distances inside are those of the world: boxes and hits of all levels compare as they
// are. Coming out, the line is made ready for the world only where a node or a packet of it is next: often nothing is, or
// another instance.
//
// Of equal distances the world's triangles come first, then the lowest instance, then its lowest triangle.

import {
  APART_BIT,
  END,
  EXIT,
  HEADER_RECORDS,
  HEADER_ROOT,
  HEADER_SCALE,
  INSTANCE_BITS,
  INSTANCE_BYTES,
  INSTANCE_HEADER,
  INSTANCE_PLACE,
} from './layout';
import {
  aim,
  aimRay,
  SLOT_FOUND_INSTANCE,
  SLOT_FOUND_TRIANGLE,
  SLOT_INSTANCE,
  SLOT_SOURCE,
  SLOT_TOP,
  SLOT_TRIANGLE,
  SLOT_WORLD_TRIANGLE,
} from './slot';
import { pop } from './stack';

/** SLOT_TRIANGLE inside an instance as long as there is no hit: with the first, an equal distance counts as nearer. */
const NOTHING: i32 = -1;
const NOTHING_BEFORE_EQUAL: i32 = i32.MAX_VALUE;
/** SLOT_TRIANGLE in the world: the best hit is in an instance, and any triangle of the world is before it at equal distance. */
const OF_INSTANCE: i32 = i32.MAX_VALUE;
/** SLOT_INSTANCE in the world. */
const IN_WORLD: i32 = -1;

/** Where the ray of the world is to the mesh of an instance, in that mesh's scale. @param scale of the world, four times */
export function originInside(record: usize, ray: usize, scale: v128): v128 {
  return linear(record, f32x4.sub(f32x4.mul(v128.load(ray), scale), v128.load(record, INSTANCE_PLACE)));
}

/** Which way it goes there; its length is that which makes distances those of the world. */
export function directionInside(record: usize, ray: usize): v128 {
  return linear(record, v128.load(ray, 16));
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

/** Takes the ray of `slot` through a portal of the hierarchy of that header. @returns what it visits next */
export function pass<Q>(slot: usize, portal: u32, header: usize): u32 {
  if (portal == EXIT) {
    if (isFloat<Q>()) bringOut(slot);
    return goOn<Q>(slot, header);
  }
  const record = <usize>(portal ^ INSTANCE_BITS);
  const ray = load<usize>(slot, SLOT_SOURCE);
  const scale = v128.load32_splat(header, HEADER_SCALE);
  const o = inline.always(originInside(record, ray, scale));
  const d = inline.always(directionInside(record, ray));
  const zero = f32x4.splat(0);
  const finite = f32x4.eq(f32x4.add(f32x4.mul(o, zero), f32x4.mul(d, zero)), zero);
  if (i32x4.bitmask(finite) != 15 || !v128.any_true(f32x4.ne(d, zero))) return goOn<Q>(slot, header);

  const before = load<i32>(slot, SLOT_TRIANGLE);
  const mesh = <usize>load<u32>(record, INSTANCE_HEADER);
  inline.always(aim(slot, o, d, mesh));
  // Where nothing of the world is left the ray ends inside. The entry is at distance 0, so that no hit ever drops it.
  const top = load<usize>(slot, SLOT_TOP);
  store<u64>(top, <u64>EXIT);
  store<usize>(slot, top + ((<usize>(load<u32>(top - 8) != END)) << 3), SLOT_TOP);
  if (isFloat<Q>()) {
    const number = <i32>((record - <usize>load<u32>(header, HEADER_RECORDS)) / INSTANCE_BYTES);
    const isBeforeFound = before == OF_INSTANCE && load<i32>(slot, SLOT_FOUND_INSTANCE) > number;
    store<i32>(slot, isBeforeFound ? NOTHING_BEFORE_EQUAL : NOTHING, SLOT_TRIANGLE);
    store<i32>(slot, before, SLOT_WORLD_TRIANGLE);
    store<i32>(slot, number, SLOT_INSTANCE);
  }
  return load<u32>(mesh, HEADER_ROOT);
}

/** To be done once for a ray that begins. */
export function begin(slot: usize, ray: usize): void {
  store<usize>(slot, ray, SLOT_SOURCE);
  store<i32>(slot, IN_WORLD, SLOT_INSTANCE);
}

/** Makes of what was found on the way through an instance, or was not, the world's best hit. */
function bringOut(slot: usize): void {
  const triangle = load<i32>(slot, SLOT_TRIANGLE);
  const instance = load<i32>(slot, SLOT_INSTANCE);
  store<i32>(slot, IN_WORLD, SLOT_INSTANCE);
  if (triangle == NOTHING || triangle == NOTHING_BEFORE_EQUAL) {
    store<i32>(slot, load<i32>(slot, SLOT_WORLD_TRIANGLE), SLOT_TRIANGLE);
    return;
  }
  store<i32>(slot, triangle, SLOT_FOUND_TRIANGLE);
  store<i32>(slot, instance, SLOT_FOUND_INSTANCE);
  store<i32>(slot, OF_INSTANCE, SLOT_TRIANGLE);
}

/** What comes next on the stack of a slot that is in the world again, or stayed there. */
function goOn<Q>(slot: usize, header: usize): u32 {
  const top = load<usize>(slot, SLOT_TOP) - 8;
  let next: u32;
  if (isFloat<Q>()) {
    next = pop(slot, top);
  } else {
    store<usize>(slot, top, SLOT_TOP);
    next = load<u32>(top);
  }
  if (!(next & APART_BIT)) {
    const triangle = load<i32>(slot, SLOT_TRIANGLE);
    const ray = load<usize>(slot, SLOT_SOURCE);
    aimRay(slot, ray, header);
    store<i32>(slot, triangle, SLOT_TRIANGLE);
  }
  return next;
}

/** Puts the best hit of a ray that is done where `writeHit` looks for it. @returns its instance; -1: the world's, or none */
export function settle(slot: usize): i32 {
  if (load<i32>(slot, SLOT_INSTANCE) != IN_WORLD) bringOut(slot);
  if (load<i32>(slot, SLOT_TRIANGLE) != OF_INSTANCE) return -1;
  store<i32>(slot, load<i32>(slot, SLOT_FOUND_TRIANGLE), SLOT_TRIANGLE);
  return load<i32>(slot, SLOT_FOUND_INSTANCE);
}
