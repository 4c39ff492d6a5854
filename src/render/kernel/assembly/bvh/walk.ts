// One ray after the other to its closest hit: for batches whose rays go the same way as their neighbours. What one ray needs
// the ray before it has just read, and the branches are those that it took, so there is nothing to be hidden, and without
// the lists of `flight.ts` a step is shorter. The numbers computed are the same: so are the hits.

import { testBoxes } from './boxes';
import { writeHit, writeMiss } from './finish';
import { PACKET_BIT } from './layout';
import { testPacket } from './packet';
import { prepare, SLOT_STACK, SLOT_TOP } from './slot';
import { nextNearestForeseen, pop } from './stack';

/** Traces the rays from `first` up to `end`; `unscale` takes a distance back to the asker's units. */
export function traceOneByOne(
  header: usize,
  root: u32,
  slot: usize,
  first: usize,
  end: usize,
  hits: usize,
  unscale: f32,
): void {
  let hit = hits;
  store<u64>(slot, 0, SLOT_STACK);
  for (let ray = first; ray < end; ray += 32) {
    if (prepare(slot, ray, header)) {
      store<usize>(slot, slot + SLOT_STACK + 8, SLOT_TOP);
      let next = root;
      do {
        if (next & PACKET_BIT) {
          inline.always(testPacket<f32>(slot, <usize>(next ^ PACKET_BIT)));
          next = pop(slot, load<usize>(slot, SLOT_TOP) - 8);
        } else {
          const boxes = inline.always(testBoxes(slot, <usize>next));
          next = inline.always(nextNearestForeseen(slot, <usize>next, boxes));
        }
      } while (next);
      writeHit<f32>(slot, hit, unscale);
    } else {
      writeMiss(hit);
    }
    hit += 16;
  }
}
