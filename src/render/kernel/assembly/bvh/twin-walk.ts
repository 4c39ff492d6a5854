// `walk.ts` for a hierarchy in two levels.

import { testBoxes } from './boxes';
import { writeHit, writeMiss } from './finish';
import { HEADER_SCALE, PACKET_BIT, PORTAL_BITS } from './layout';
import { testPacket } from './packet';
import { pairSlots, pass, passedTo, settle } from './portal';
import { prepare, SLOT_SOURCE, SLOT_STACK, SLOT_TOP } from './slot';
import { nextNearestForeseen, pop } from './stack';

/** As `traceOneByOne`; `slot` is a pair, and `instances` (unless 0) receives the number of each hit's instance, or -1. */
export function traceTwinsOneByOne(
  header: usize,
  root: u32,
  slot: usize,
  first: usize,
  end: usize,
  hits: usize,
  instances: usize,
  unscale: f32,
): void {
  const scale = v128.load32_splat(header, HEADER_SCALE);
  let hit = hits;
  pairSlots(slot, header);
  for (let ray = first; ray < end; ray += 32) {
    let instance = -1;
    if (prepare(slot, ray, header)) {
      store<usize>(slot, ray, SLOT_SOURCE);
      store<usize>(slot, slot + SLOT_STACK + 8, SLOT_TOP);
      let next = root;
      let at = slot;
      do {
        if (next & PACKET_BIT) {
          inline.always(testPacket<f32>(at, <usize>(next ^ PACKET_BIT)));
          next = pop(at, load<usize>(at, SLOT_TOP) - 8);
        } else if (next & PORTAL_BITS) {
          next = pass<f32>(at, next, scale);
          at = passedTo;
        } else {
          const boxes = inline.always(testBoxes(at, <usize>next));
          next = inline.always(nextNearestForeseen(at, <usize>next, boxes));
        }
      } while (next);
      instance = settle(slot);
      writeHit<f32>(slot, hit, unscale);
    } else {
      writeMiss(hit);
    }
    if (instances) store<i32>(instances + ((hit - hits) >> 2), instance);
    hit += 16;
  }
}
