// Walks the hierarchy for a batch of rays, several in flight. A ray alone waits for memory and for branches that cannot be
// foreseen; so each round first lets every ray that stands before a node take one step, then every ray that stands before a
// packet, then finishes those that are done and starts the next ones in their place. What a step will read next it touches
// at once, a round early, so that it has arrived when it is needed; and which list a ray goes to next is arithmetic, not a
// branch. No result depends on which rays share a round.

import { alloc } from '../memory';
import { HEADER_ROOT, HEADER_SCALE, NODE_CHILDREN, PACKET_BIT, PLANE_BYTES } from './layout';
import { testPacket } from './packet';
import {
  prepare,
  SLOT_BYTES,
  SLOT_EDGES,
  SLOT_ENTRIES,
  SLOT_FAR,
  SLOT_FAR_RECIPROCAL,
  SLOT_HIT,
  SLOT_LANE,
  SLOT_NEAR,
  SLOT_NEAR_RECIPROCAL,
  SLOT_PLANES,
  SLOT_STACK,
  SLOT_T,
  SLOT_TMIN,
  SLOT_TOP,
  SLOT_TRIANGLE,
} from './slot';

/** Rays in flight (docs/kernel.md has the measurements). */
const FLIGHT: i32 = 32;

/** Too much to carry zeros for in the binary: allocated with the hierarchy. */
let slots: usize = 0;
/**
 * Rays before a node, rays before a packet, rays that are done: u64 entries, the slot in the lower half, in the upper half
 * the reference of what it visits next. Two places more than there are slots.
 */
const atNode = memory.data(34 * 8, 64);
const atPacket = memory.data(34 * 8, 64);
const atEnd = memory.data(34 * 8, 64);

/** Of the lowest of `boxes`; of box 0 where there is none, so that nothing is read that was not touched. */
function entryKey(slot: usize, node: usize, boxes: i32): u64 {
  const place = (<usize>(ctz(boxes) & 7)) << 2;
  return ((<u64>load<u32>(slot + place, SLOT_ENTRIES)) << 32) | <u64>load<u32>(node + place, NODE_CHILDREN);
}

/** Leaves the nearest entry on the stack that the best hit does not rule out on top and returns its reference. */
function pop(slot: usize, from: usize): u32 {
  const best = load<u32>(slot, SLOT_T);
  let top = from;
  // Distances are not negative, so their bits are ordered as they are. An equal entry may hold an equal hit of a lower number.
  while (load<u32>(top, 4) > best) top -= 8;
  store<usize>(slot, top, SLOT_TOP);
  return load<u32>(top);
}

/**
 * Reads from the cache lines that each entry stands before. One after the other without work in between, so that many of
 * the reads wait at the same time; a step then finds its record near. (A node's last line comes with the one before it.)
 */
function touch(list: usize, end: usize): void {
  for (let at = list; at < end; at += 8) {
    const record = <usize>(load<u32>(at, 4) & ~PACKET_BIT);
    load<u32>(record);
    load<u32>(record, 64);
    load<u32>(record, 128);
  }
}

/** One node for the slot's ray. @returns what it visits next */
function stepNode<Q>(slot: usize, node: usize): u32 {
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
  const tmax = v128.load(slot, SLOT_T);
  const leave0 = f32x4.pmin(
    f32x4.pmin(tmax, f32x4.mul(f32x4.sub(v128.load(farX), backX), inverseX)),
    f32x4.pmin(
      f32x4.mul(f32x4.sub(v128.load(farY), backY), inverseY),
      f32x4.mul(f32x4.sub(v128.load(farZ), backZ), inverseZ),
    ),
  );
  const leave1 = f32x4.pmin(
    f32x4.pmin(tmax, f32x4.mul(f32x4.sub(v128.load(farX, 16), backX), inverseX)),
    f32x4.pmin(
      f32x4.mul(f32x4.sub(v128.load(farY, 16), backY), inverseY),
      f32x4.mul(f32x4.sub(v128.load(farZ, 16), backZ), inverseZ),
    ),
  );
  const boxes = i32x4.bitmask(f32x4.le(enter0, leave0)) | (i32x4.bitmask(f32x4.le(enter1, leave1)) << 4);
  const number = popcnt(boxes);
  let top = load<usize>(slot, SLOT_TOP);

  if (number > 2) return number > 4 ? pushMany(slot, node, boxes, top) : pushFour(slot, node, boxes, top);
  // Nine steps in ten: no branch on which of none, one or two it was.
  const first = entryKey(slot, node, boxes);
  const second = entryKey(slot, node, boxes & (boxes - 1));
  const swap = first > second;
  const nearer = select<u64>(second, first, i32(swap) & i32(number == 2));
  store<u64>(top, select<u64>(first, second, swap));
  top += (<usize>(number - 1)) << 3;
  store<usize>(slot, top, SLOT_TOP);
  const key = select<u64>(nearer, load<u64>(top), number);
  if (isFloat<Q>() && <u32>(key >> 32) > load<u32>(slot, SLOT_T)) return pop(slot, top - 8);
  return <u32>key;
}

/** Pushes three or four boxes by a sorting network: a fourth that is not there is 0 and lands above what is looked at. */
function pushFour(slot: usize, node: usize, boxes: i32, bottom: usize): u32 {
  const second = boxes & (boxes - 1);
  const third = second & (second - 1);
  const fourth = third & (third - 1);
  const a = entryKey(slot, node, boxes);
  const b = entryKey(slot, node, second);
  const c = entryKey(slot, node, third);
  const d = select<u64>(entryKey(slot, node, fourth), 0, fourth);
  const ab = maximum(a, b);
  const ba = minimum(a, b);
  const cd = maximum(c, d);
  const dc = minimum(c, d);
  const middle0 = minimum(ab, cd);
  const middle1 = maximum(ba, dc);
  store<u64>(bottom, maximum(ab, cd));
  store<u64>(bottom, maximum(middle0, middle1), 8);
  store<u64>(bottom, minimum(middle0, middle1), 16);
  store<u64>(bottom, minimum(ba, dc), 24);
  const top = bottom + (fourth ? 24 : 16);
  store<usize>(slot, top, SLOT_TOP);
  return load<u32>(top);
}

function minimum(a: u64, b: u64): u64 {
  return select<u64>(a, b, a < b);
}

function maximum(a: u64, b: u64): u64 {
  return select<u64>(b, a, a < b);
}

/** Five and more boxes at once are rare: sorted by insertion, the farthest at the bottom. */
function pushMany(slot: usize, node: usize, set: i32, bottom: usize): u32 {
  let boxes = set;
  let top = bottom;
  do {
    const key = entryKey(slot, node, boxes);
    boxes &= boxes - 1;
    let to = top;
    while (to > bottom && load<u64>(to - 8) < key) {
      store<u64>(to, load<u64>(to - 8));
      to -= 8;
    }
    store<u64>(to, key);
    top += 8;
  } while (boxes);
  top -= 8;
  store<usize>(slot, top, SLOT_TOP);
  return load<u32>(top);
}

/** One packet for the slot's ray. @returns what it visits next */
function stepPacket<Q>(slot: usize, packet: usize): u32 {
  const found = inline.always(testPacket<Q>(slot, packet));
  const top = load<usize>(slot, SLOT_TOP) - 8;
  if (isFloat<Q>()) return pop(slot, top);
  store<usize>(slot, top, SLOT_TOP);
  store<i32>(slot, i32(found) - 1, SLOT_TRIANGLE);
  return select<u32>(0, load<u32>(top), found);
}

function finish<Q>(slot: usize, hit: usize, unscale: f32): void {
  const triangle = load<i32>(slot, SLOT_TRIANGLE);
  store<i32>(hit, triangle, 12);
  if (isBoolean<Q>()) return;
  if (triangle < 0) {
    miss(hit);
    return;
  }
  const edges = slot + load<u32>(slot, SLOT_LANE) + SLOT_EDGES;
  const share: f32 = <f32>1 / load<f32>(edges, 32);
  store<f32>(hit, load<f32>(slot, SLOT_T) * unscale);
  store<f32>(hit, load<f32>(edges) * share, 4);
  store<f32>(hit, load<f32>(edges, 16) * share, 8);
}

function miss(hit: usize): void {
  store<f32>(hit, Infinity);
  store<u64>(hit, 0, 4);
  store<i32>(hit, -1, 12);
}

/** Makes room for the rays in flight; false: out of memory. */
export function reserveSlots(): bool {
  slots = alloc(<usize>FLIGHT * SLOT_BYTES, 64);
  return slots != 0;
}

/** Q = f32: the closest hits; Q = bool: any hit. */
export function trace<Q>(header: usize, rays: usize, hits: usize, count: i32): void {
  const root = header ? load<u32>(header, HEADER_ROOT) : 0;
  if (!root) {
    for (let i = 0; i < count; i++) miss(hits + ((<usize>i) << 4));
    return;
  }
  const unscale: f32 = <f32>1 / load<f32>(header, HEADER_SCALE);
  let ray = rays;
  let hit = hits;
  const end = rays + ((<usize>count) << 5);
  let nodeEnd = atNode;
  let packetEnd = atPacket;
  let doneEnd = atEnd;
  for (let i = 0; i < FLIGHT; i++) {
    const slot = slots + <usize>i * SLOT_BYTES;
    store<usize>(slot, 0, SLOT_HIT);
    store<u64>(slot, 0, SLOT_STACK);
    store<u64>(doneEnd, slot);
    doneEnd += 8;
  }
  do {
    const dones = doneEnd;
    doneEnd = atEnd;
    for (let at = atEnd; at < dones; at += 8) {
      const slot = <usize>load<u32>(at);
      const before = load<usize>(slot, SLOT_HIT);
      if (before) finish<Q>(slot, before, unscale);
      while (ray < end) {
        if (prepare(slot, ray, header)) break;
        miss(hit);
        ray += 32;
        hit += 16;
      }
      if (ray >= end) continue;
      store<usize>(slot, hit, SLOT_HIT);
      store<usize>(slot, slot + SLOT_STACK + 8, SLOT_TOP);
      store<u64>(nodeEnd, ((<u64>root) << 32) | slot);
      nodeEnd += 8;
      ray += 32;
      hit += 16;
    }

    // A step puts its ray at the end of all three lists and then moves the end of one. Ends never overtake what is read.
    const nodes = nodeEnd;
    nodeEnd = atNode;
    for (let at = atNode; at < nodes; at += 8) {
      const slot = <usize>load<u32>(at);
      const next = inline.always(stepNode<Q>(slot, <usize>load<u32>(at, 4)));
      const entry = ((<u64>next) << 32) | slot;
      store<u64>(nodeEnd, entry);
      store<u64>(packetEnd, entry);
      store<u64>(doneEnd, entry);
      const packet = (<usize>(next & PACKET_BIT)) << 3;
      const done = (<usize>(next == 0)) << 3;
      packetEnd += packet;
      doneEnd += done;
      nodeEnd += 8 - packet - done;
    }
    touch(atPacket, packetEnd);
    touch(atNode, nodeEnd);

    const touched = nodeEnd;
    const packets = packetEnd;
    packetEnd = atPacket;
    for (let at = atPacket; at < packets; at += 8) {
      const slot = <usize>load<u32>(at);
      const next = inline.always(stepPacket<Q>(slot, <usize>(load<u32>(at, 4) ^ PACKET_BIT)));
      const entry = ((<u64>next) << 32) | slot;
      store<u64>(nodeEnd, entry);
      store<u64>(packetEnd, entry);
      store<u64>(doneEnd, entry);
      const packet = (<usize>(next & PACKET_BIT)) << 3;
      const done = (<usize>(next == 0)) << 3;
      packetEnd += packet;
      doneEnd += done;
      nodeEnd += 8 - packet - done;
    }
    touch(touched, nodeEnd);
  } while (nodeEnd > atNode || packetEnd > atPacket || doneEnd > atEnd);
}
