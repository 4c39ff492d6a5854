// `flight.ts` for a hierarchy in two levels: there is a fourth list, of the rays that stand before an instance or at the end of
// their way through one, and an entry holds that one of a ray's two slots in which it is. A loop of its own, so that a scene
// without instances pays nothing for them.

import { alloc } from '../memory';
import { writeHit, writeMiss } from './finish';
import { atEnd, atNode, atPacket, FLIGHT, stepNode, stepPacket, touch } from './flight';
import { HEADER_SCALE, PACKET_BIT, PORTAL_BITS } from './layout';
import { pairSlots, pass, passedTo, settle } from './portal';
import { prepare, SLOT_HIT, SLOT_SOURCE, SLOT_STACK, SLOT_TOP, SLOT_WORLD, TWIN_SLOT_BYTES } from './slot';

const atPortal = alloc(26 * 8, 64);

/** As `touch`, for instances: one cache line each. */
function touchPortals(end: usize): void {
  for (let at = atPortal; at < end; at += 8) load<u32>(<usize>(load<u32>(at, 4) & ~PORTAL_BITS));
}

/** As `traceInFlight`; `slots` are pairs, and `instances` (unless 0) receives the number of each hit's instance, or -1. */
export function traceTwinsInFlight<Q>(
  header: usize,
  root: u32,
  slots: usize,
  first: usize,
  end: usize,
  hits: usize,
  instances: usize,
  unscale: f32,
): void {
  const scale = v128.load32_splat(header, HEADER_SCALE);
  let ray = first;
  let hit = hits;
  let nodeEnd = atNode;
  let packetEnd = atPacket;
  let portalEnd = atPortal;
  let doneEnd = atEnd;
  for (let i = 0; i < FLIGHT; i++) {
    const slot = slots + <usize>i * TWIN_SLOT_BYTES;
    pairSlots(slot, header);
    store<usize>(slot, 0, SLOT_HIT);
    store<u64>(doneEnd, slot);
    doneEnd += 8;
  }
  do {
    const dones = doneEnd;
    doneEnd = atEnd;
    for (let at = atEnd; at < dones; at += 8) {
      // A ray that asks for any hit may be done inside an instance.
      const last = <usize>load<u32>(at);
      const slot = load<usize>(last, SLOT_WORLD);
      const before = load<usize>(slot, SLOT_HIT);
      if (before) {
        if (isFloat<Q>()) {
          const instance = settle(slot);
          if (instances) store<i32>(instances + ((before - hits) >> 2), instance);
        }
        writeHit<Q>(last, before, unscale);
      }
      while (ray < end) {
        if (prepare(slot, ray, header)) break;
        writeMiss(hit);
        if (isFloat<Q>() && instances) store<i32>(instances + ((hit - hits) >> 2), -1);
        ray += 32;
        hit += 16;
      }
      if (ray >= end) continue;
      store<usize>(slot, hit, SLOT_HIT);
      store<usize>(slot, ray, SLOT_SOURCE);
      store<usize>(slot, slot + SLOT_STACK + 8, SLOT_TOP);
      store<u64>(nodeEnd, ((<u64>root) << 32) | slot);
      nodeEnd += 8;
      ray += 32;
      hit += 16;
    }

    const nodes = nodeEnd;
    nodeEnd = atNode;
    for (let at = atNode; at < nodes; at += 8) {
      const slot = <usize>load<u32>(at);
      const next = inline.always(stepNode<Q>(slot, <usize>load<u32>(at, 4)));
      const entry = ((<u64>next) << 32) | slot;
      store<u64>(nodeEnd, entry);
      store<u64>(packetEnd, entry);
      store<u64>(portalEnd, entry);
      store<u64>(doneEnd, entry);
      const packet = (<usize>(next & PACKET_BIT)) << 3;
      const portal = (<usize>((next & PORTAL_BITS) != 0)) << 3;
      const done = (<usize>(next == 0)) << 3;
      packetEnd += packet;
      portalEnd += portal;
      doneEnd += done;
      nodeEnd += 8 - packet - portal - done;
    }
    touch(atPacket, packetEnd);
    touchPortals(portalEnd);
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
      store<u64>(portalEnd, entry);
      store<u64>(doneEnd, entry);
      const packet = (<usize>(next & PACKET_BIT)) << 3;
      const portal = (<usize>((next & PORTAL_BITS) != 0)) << 3;
      const done = (<usize>(next == 0)) << 3;
      packetEnd += packet;
      portalEnd += portal;
      doneEnd += done;
      nodeEnd += 8 - packet - portal - done;
    }

    const portals = portalEnd;
    portalEnd = atPortal;
    for (let at = atPortal; at < portals; at += 8) {
      const next = pass<Q>(<usize>load<u32>(at), load<u32>(at, 4), scale);
      const entry = ((<u64>next) << 32) | passedTo;
      store<u64>(nodeEnd, entry);
      store<u64>(packetEnd, entry);
      store<u64>(portalEnd, entry);
      store<u64>(doneEnd, entry);
      const packet = (<usize>(next & PACKET_BIT)) << 3;
      const portal = (<usize>((next & PORTAL_BITS) != 0)) << 3;
      const done = (<usize>(next == 0)) << 3;
      packetEnd += packet;
      portalEnd += portal;
      doneEnd += done;
      nodeEnd += 8 - packet - portal - done;
    }
    touch(touched, nodeEnd);
  } while (nodeEnd > atNode || packetEnd > atPacket || portalEnd > atPortal || doneEnd > atEnd);
}
