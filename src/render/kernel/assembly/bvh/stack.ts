// What a ray visits after a node: the nearest of the boxes it met, the others wait on its stack, nearest on top. For any hit
// the order is of no use and none is made.
//
// An entry is a u64, the distance of the box in its upper half and the reference in its lower: distances are not negative,
// so entries are ordered as whole numbers.

import { NODE_CHILDREN } from './layout';
import { SLOT_ENTRIES, SLOT_T, SLOT_TOP } from './slot';

/** The reference of the lowest of `boxes`; of box 0 where there is none, so that nothing is read that was not touched. */
function child(node: usize, boxes: i32): u32 {
  return load<u32>(node + ((<usize>(ctz(boxes) & 7)) << 2), NODE_CHILDREN);
}

/** The entry of the lowest of `boxes`; of box 0 where there is none. */
function entry(slot: usize, node: usize, boxes: i32): u64 {
  const place = (<usize>(ctz(boxes) & 7)) << 2;
  return ((<u64>load<u32>(slot + place, SLOT_ENTRIES)) << 32) | <u64>load<u32>(node + place, NODE_CHILDREN);
}

function minimum(a: u64, b: u64): u64 {
  return select<u64>(a, b, a < b);
}

function maximum(a: u64, b: u64): u64 {
  return select<u64>(b, a, a < b);
}

/** Drops what the best hit rules out; what lies at `top` then is visited next. An equal entry may hold an equal hit. */
export function pop(slot: usize, from: usize): u32 {
  const best = load<u32>(slot, SLOT_T);
  let top = from;
  while (load<u32>(top, 4) > best) top -= 8;
  store<usize>(slot, top, SLOT_TOP);
  return load<u32>(top);
}

/** After a node, closest hit. Nine in ten are none, one or two boxes: no branch tells which, for none could be foreseen. */
export function nextNearest(slot: usize, node: usize, boxes: i32): u32 {
  const number = popcnt(boxes);
  let top = load<usize>(slot, SLOT_TOP);
  if (number > 2) return number > 4 ? pushMany(slot, node, boxes, top) : pushFour(slot, node, boxes, top);
  const first = entry(slot, node, boxes);
  const second = entry(slot, node, boxes & (boxes - 1));
  const swap = first > second;
  const nearer = select<u64>(second, first, i32(swap) & i32(number == 2));
  // Two: the farther stays on the stack. One: what is written lies above the top. None: the top is visited.
  store<u64>(top, select<u64>(first, second, swap));
  top += (<usize>(number - 1)) << 3;
  store<usize>(slot, top, SLOT_TOP);
  const key = select<u64>(nearer, load<u64>(top), number);
  if (<u32>(key >> 32) > load<u32>(slot, SLOT_T)) return pop(slot, top - 8);
  return <u32>key;
}

/** The same where neighbouring rays take the same way, and branches can be foreseen. */
export function nextNearestForeseen(slot: usize, node: usize, boxes: i32): u32 {
  const number = popcnt(boxes);
  if (number == 1) return child(node, boxes);
  const top = load<usize>(slot, SLOT_TOP);
  if (number == 0) return pop(slot, top - 8);
  if (number > 2) return number > 4 ? pushMany(slot, node, boxes, top) : pushFour(slot, node, boxes, top);
  const first = entry(slot, node, boxes);
  const second = entry(slot, node, boxes & (boxes - 1));
  store<u64>(top, maximum(first, second));
  store<usize>(slot, top + 8, SLOT_TOP);
  return <u32>minimum(first, second);
}

/** After a node, any hit. */
export function nextAny(slot: usize, node: usize, boxes: i32): u32 {
  const number = popcnt(boxes);
  let top = load<usize>(slot, SLOT_TOP);
  const rest = boxes & (boxes - 1);
  store<u64>(top, <u64>child(node, rest));
  top = number > 2 ? pushAll(node, rest, top) : top + ((<usize>(number - 1)) << 3);
  store<usize>(slot, top, SLOT_TOP);
  return select<u32>(child(node, boxes), load<u32>(top), boxes);
}

/** The same where branches can be foreseen. */
export function nextAnyForeseen(slot: usize, node: usize, boxes: i32): u32 {
  if (!boxes) {
    const top = load<usize>(slot, SLOT_TOP) - 8;
    store<usize>(slot, top, SLOT_TOP);
    return load<u32>(top);
  }
  const rest = boxes & (boxes - 1);
  if (rest) store<usize>(slot, pushAll(node, rest, load<usize>(slot, SLOT_TOP)), SLOT_TOP);
  return child(node, boxes);
}

/** Pushes boxes as they come. @returns the new top */
function pushAll(node: usize, boxes: i32, bottom: usize): usize {
  let top = bottom;
  let rest = boxes;
  do {
    store<u64>(top, <u64>child(node, rest));
    top += 8;
    rest &= rest - 1;
  } while (rest);
  return top;
}

/** Pushes three or four boxes by a sorting network: a fourth that is not there is 0 and lands above what is looked at. */
function pushFour(slot: usize, node: usize, boxes: i32, bottom: usize): u32 {
  const second = boxes & (boxes - 1);
  const third = second & (second - 1);
  const fourth = third & (third - 1);
  const a = entry(slot, node, boxes);
  const b = entry(slot, node, second);
  const c = entry(slot, node, third);
  const d = select<u64>(entry(slot, node, fourth), 0, fourth);
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

/** Five and more boxes at once are rare: sorted by insertion, the farthest at the bottom. */
function pushMany(slot: usize, node: usize, set: i32, bottom: usize): u32 {
  let boxes = set;
  let top = bottom;
  do {
    const key = entry(slot, node, boxes);
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
