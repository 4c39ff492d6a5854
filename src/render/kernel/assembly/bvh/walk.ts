// One ray after the other to its closest hit: for batches whose rays go the same way as their neighbours. What one ray needs
// the ray before it has just read, and the branches are those that it took, so there is nothing to be hidden, and without
// the lists of `flight.ts` a step is shorter. The numbers computed are the same: so are the hits. Nor does it
// matter that a ray goes through instances (L = u32), or that there are none (L = void).

import { testBoxes } from './boxes';
import { writeHit, writeMiss } from './finish';
import { APART_BIT, END, PACKET_BIT } from './layout';
import { testPacket } from './packet';
import { begin, pass, settle } from './portal';
import { prepare, SLOT_STACK, SLOT_TOP } from './slot';
import { nextNearestForeseen, pop } from './stack';

/** As `traceInFlight`, closest hits; one slot is enough. */
export function traceOneByOne<L>(
  header: usize,
  root: u32,
  slot: usize,
  first: usize,
  end: usize,
  hits: usize,
  instances: usize,
  unscale: f32,
): void {
  let hit = hits;
  store<u64>(slot, <u64>END, SLOT_STACK);
  for (let ray = first; ray < end; ray += 32) {
    let instance = -1;
    if (prepare(slot, ray, header)) {
      if (isInteger<L>()) begin(slot, ray);
      store<usize>(slot, slot + SLOT_STACK + 8, SLOT_TOP);
      let next = root;
      do {
        if (next & PACKET_BIT) {
          inline.always(testPacket<f32>(slot, <usize>(next ^ PACKET_BIT), true));
          next = pop(slot, load<usize>(slot, SLOT_TOP) - 8);
        } else if (isInteger<L>() && (next & APART_BIT) != 0) {
          next = pass<f32>(slot, next, header);
        } else {
          const boxes = inline.always(testBoxes(slot, <usize>next));
          next = inline.always(nextNearestForeseen(slot, <usize>next, boxes));
        }
      } while (next != END);
      if (isInteger<L>()) instance = settle(slot);
      writeHit<f32>(slot, hit, unscale);
    } else {
      writeMiss(hit);
    }
    if (isInteger<L>() && instances) store<i32>(instances + ((hit - hits) >> 2), instance);
    hit += 16;
  }
}
