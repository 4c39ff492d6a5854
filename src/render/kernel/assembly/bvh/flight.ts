// Many rays through the hierarchy at once. A ray alone waits for memory and for branches that cannot be foreseen; so each
// round first lets every ray that stands before a node take one step, then every ray that stands before a packet, then
// finishes those that are done and starts the next ones in their place. What they will read next is touched in one go for
// all of them, so that they wait together; and which list a ray goes to next is arithmetic, not a branch. No result depends
// on which rays share a round.

import { alloc } from '../memory';
import { testBoxes } from './boxes';
import { writeHit, writeMiss } from './finish';
import { PACKET_BIT } from './layout';
import { testPacket } from './packet';
import { prepare, SLOT_BYTES, SLOT_HIT, SLOT_STACK, SLOT_TOP, SLOT_TRIANGLE } from './slot';
import { nextAny, nextNearest, pop } from './stack';

/** Rays in flight: from 16 on all is hidden that can be, and more take more of the first-level cache (docs/kernel.md). */
export const FLIGHT: i32 = 24;

/**
 * Rays before a node, rays before a packet, rays that are done: u64 entries, the slot in the lower half, in the upper half
 * the reference of what it visits next. Two places more than there are slots.
 */
export const atNode = alloc(26 * 8, 64);
export const atPacket = alloc(26 * 8, 64);
export const atEnd = alloc(26 * 8, 64);

/**
 * Reads from the cache lines that each entry stands before, one after the other without work in between, so that many of
 * the reads wait at the same time. A node's last line comes with the one before it.
 */
export function touch(list: usize, end: usize): void {
  for (let at = list; at < end; at += 8) {
    const record = <usize>(load<u32>(at, 4) & ~PACKET_BIT);
    load<u32>(record);
    load<u32>(record, 64);
    load<u32>(record, 128);
  }
}

export function stepNode<Q>(slot: usize, node: usize): u32 {
  const boxes = inline.always(testBoxes(slot, node));
  if (isFloat<Q>()) return inline.always(nextNearest(slot, node, boxes));
  return inline.always(nextAny(slot, node, boxes));
}

export function stepPacket<Q>(slot: usize, packet: usize): u32 {
  const found = inline.always(testPacket<Q>(slot, packet));
  const top = load<usize>(slot, SLOT_TOP) - 8;
  if (isFloat<Q>()) return pop(slot, top);
  store<usize>(slot, top, SLOT_TOP);
  store<i32>(slot, i32(found) - 1, SLOT_TRIANGLE);
  return select<u32>(0, load<u32>(top), found);
}

/** Traces the rays from `first` up to `end`. Q = f32: closest hits; Q = bool: any hit. */
export function traceInFlight<Q>(
  header: usize,
  root: u32,
  slots: usize,
  first: usize,
  end: usize,
  hits: usize,
  unscale: f32,
): void {
  let ray = first;
  let hit = hits;
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
      if (before) writeHit<Q>(slot, before, unscale);
      while (ray < end) {
        if (prepare(slot, ray, header)) break;
        writeMiss(hit);
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
