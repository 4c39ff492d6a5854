// Many rays through the hierarchy at once. A ray alone waits for memory and for branches that cannot be foreseen; so each
// round first lets every ray that stands before a node take one step, then every ray that stands before a packet, then
// finishes those that are done and starts the next ones in their place. What they will read next is touched in one go for
// all of them, so that they wait together; and which list a ray goes to next is arithmetic, not a branch. No result depends
// on which rays share a round.
//
// Rays that stand before an instance, or at the end of their way through one, are in one list with those that are done. For a
// scene without instances (L = void) it is another function than for one that has some (L = u32), and pays nothing for them.

import { alloc } from '../memory';
import { testBoxes } from './boxes';
import { writeHit, writeMiss } from './finish';
import { APART_BIT, END, INSTANCE_BITS, PACKET_BIT } from './layout';
import { testPacket } from './packet';
import { begin, pass, settle } from './portal';
import { DEEP_SLOT_BYTES, prepare, SLOT_BYTES, SLOT_HIT, SLOT_STACK, SLOT_TOP, SLOT_TRIANGLE } from './slot';
import { nextAny, nextNearest, pop } from './stack';

/** Rays in flight: from 16 on all is hidden that can be, and more take more of the first-level cache (docs/kernel.md). */
export const FLIGHT: i32 = 24;

/**
 * Rays before a node, before a packet, and before what is neither: u64 entries, the slot in the lower half, in the upper half
 * the reference of what it visits next. Two places more than there are slots.
 */
const atNode = alloc(26 * 8, 64);
const atPacket = alloc(26 * 8, 64);
const apart = alloc(26 * 8, 64);

/**
 * Reads from the cache lines that each entry stands before, one after the other without work in between, so that many of
 * the reads wait at the same time. A node's last line comes with the one before it.
 */
function touch(list: usize, end: usize): void {
  for (let at = list; at < end; at += 8) {
    const record = <usize>(load<u32>(at, 4) & ~PACKET_BIT);
    load<u32>(record);
    load<u32>(record, 64);
    load<u32>(record, 128);
  }
}

/** As `touch`, for instances: one cache line each. What is no address is low in memory, or zero. */
function touchInstances(end: usize): void {
  for (let at = apart; at < end; at += 8) load<u32>(<usize>(load<u32>(at, 4) & ~INSTANCE_BITS));
}

function stepNode<Q>(slot: usize, node: usize): u32 {
  const boxes = inline.always(testBoxes(slot, node));
  if (isFloat<Q>()) return inline.always(nextNearest(slot, node, boxes));
  return inline.always(nextAny(slot, node, boxes));
}

function stepPacket<Q>(slot: usize, packet: usize): u32 {
  const found = inline.always(testPacket<Q>(slot, packet, false));
  const top = load<usize>(slot, SLOT_TOP) - 8;
  if (isFloat<Q>()) return pop(slot, top);
  store<usize>(slot, top, SLOT_TOP);
  store<i32>(slot, i32(found) - 1, SLOT_TRIANGLE);
  return select<u32>(END, load<u32>(top), found);
}

/**
 * Traces the rays from `first` up to `end`. Q = f32: closest hits; Q = bool: any hit. L = u32: there are instances, and
 * `instances` (unless 0) receives the number of each hit's instance, or -1.
 */
export function traceInFlight<Q, L>(
  header: usize,
  root: u32,
  slots: usize,
  first: usize,
  end: usize,
  hits: usize,
  instances: usize,
  unscale: f32,
): void {
  let ray = first;
  let hit = hits;
  let nodeEnd = atNode;
  let packetEnd = atPacket;
  let apartEnd = apart;
  const slotBytes = isInteger<L>() ? DEEP_SLOT_BYTES : SLOT_BYTES;
  for (let i = 0; i < FLIGHT; i++) {
    const slot = slots + <usize>i * slotBytes;
    store<usize>(slot, 0, SLOT_HIT);
    store<u64>(slot, <u64>END, SLOT_STACK);
    store<u64>(apartEnd, ((<u64>END) << 32) | slot);
    apartEnd += 8;
  }
  do {
    // A step puts its ray at the end of all lists and then moves the end of one. Ends never overtake what is read.
    let touched = nodeEnd;
    const last = apartEnd;
    apartEnd = apart;
    for (let at = apart; at < last; at += 8) {
      const slot = <usize>load<u32>(at);
      if (isInteger<L>()) {
        const portal = load<u32>(at, 4);
        if (portal != END) {
          const next = inline.always(pass<Q>(slot, portal, header));
          const entry = ((<u64>next) << 32) | slot;
          store<u64>(nodeEnd, entry);
          store<u64>(packetEnd, entry);
          store<u64>(apartEnd, entry);
          const packet = (<usize>(next & PACKET_BIT)) << 3;
          const other = <usize>(next & APART_BIT);
          packetEnd += packet;
          apartEnd += other;
          nodeEnd += 8 - packet - other;
          continue;
        }
      }
      const before = load<usize>(slot, SLOT_HIT);
      if (before) {
        if (isInteger<L>() && isFloat<Q>()) {
          const instance = settle(slot);
          if (instances) store<i32>(instances + ((before - hits) >> 2), instance);
        }
        writeHit<Q>(slot, before, unscale);
      }
      while (ray < end) {
        if (prepare(slot, ray, header)) break;
        writeMiss(hit);
        if (isInteger<L>() && isFloat<Q>() && instances) store<i32>(instances + ((hit - hits) >> 2), -1);
        ray += 32;
        hit += 16;
      }
      if (ray >= end) continue;
      store<usize>(slot, hit, SLOT_HIT);
      if (isInteger<L>()) begin(slot, ray);
      store<usize>(slot, slot + SLOT_STACK + 8, SLOT_TOP);
      store<u64>(nodeEnd, ((<u64>root) << 32) | slot);
      nodeEnd += 8;
      ray += 32;
      hit += 16;
    }
    if (isInteger<L>()) touch(touched, nodeEnd);

    const nodes = nodeEnd;
    nodeEnd = atNode;
    for (let at = atNode; at < nodes; at += 8) {
      const slot = <usize>load<u32>(at);
      const next = inline.always(stepNode<Q>(slot, <usize>load<u32>(at, 4)));
      const entry = ((<u64>next) << 32) | slot;
      store<u64>(nodeEnd, entry);
      store<u64>(packetEnd, entry);
      store<u64>(apartEnd, entry);
      const packet = (<usize>(next & PACKET_BIT)) << 3;
      const other = <usize>(next & APART_BIT);
      packetEnd += packet;
      apartEnd += other;
      nodeEnd += 8 - packet - other;
    }
    touch(atPacket, packetEnd);
    if (isInteger<L>()) touchInstances(apartEnd);
    touch(atNode, nodeEnd);

    touched = nodeEnd;
    const packets = packetEnd;
    packetEnd = atPacket;
    for (let at = atPacket; at < packets; at += 8) {
      const slot = <usize>load<u32>(at);
      const next = inline.always(stepPacket<Q>(slot, <usize>(load<u32>(at, 4) ^ PACKET_BIT)));
      const entry = ((<u64>next) << 32) | slot;
      store<u64>(nodeEnd, entry);
      store<u64>(packetEnd, entry);
      store<u64>(apartEnd, entry);
      const packet = (<usize>(next & PACKET_BIT)) << 3;
      const other = <usize>(next & APART_BIT);
      packetEnd += packet;
      apartEnd += other;
      nodeEnd += 8 - packet - other;
    }
    touch(touched, nodeEnd);
  } while (nodeEnd > atNode || packetEnd > atPacket || apartEnd > apart);
}
