// One ray after the other: for batches whose rays go the same way as their neighbours. They enter the hierarchy together
// (bundle.ts). What one ray then needs the ray before it has just read, and the branches are those that it took, so there is
// nothing to be hidden, and without the lists of `flight.ts` a step is shorter. The numbers computed are the same: so are the
// hits. Nor does it matter that a ray goes through instances (L = u32), or that there are none (L = void).

import { testBoxes } from './boxes';
import { BUNDLE, enterInstanceTogether, enterTogether, gathered, isNarrow } from './bundle';
import { writeHit, writeMiss } from './finish';
import { APART_BIT, END, INSTANCE_BITS, PACKET_BIT } from './layout';
import { testPacket } from './packet';
import { begin, pass, settle } from './portal';
import { aimRay, SLOT_STACK, SLOT_TOP, SLOT_TRIANGLE, take, turnRay } from './slot';
import { nextAnyForeseen, nextNearestForeseen, pop } from './stack';

/** As `traceInFlight`; one slot is enough. */
export function traceOneByOne<Q, L>(
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
  let ray = first;
  do {
    const bundleEnd = min(end, ray + ((<usize>BUNDLE) << 5));
    let entry = enterTogether(header, root, ray, bundleEnd);
    let portal: u32 = 0;
    if (isInteger<L>() && (entry & INSTANCE_BITS) == INSTANCE_BITS) {
      portal = entry;
      entry = enterInstanceTogether(header, <usize>(portal ^ INSTANCE_BITS), ray, bundleEnd);
    }
    let isPlaced = false;
    do {
      let instance = -1;
      if (entry != END && take(slot, ray, header)) {
        let next = entry;
        if (isInteger<L>()) begin(slot, ray);
        // An instance makes its own line ready.
        if (isPlaced) turnRay(slot, ray, header);
        else if (!portal) aimRay(slot, ray, header);
        if (!isInteger<L>()) isPlaced = isNarrow;
        store<usize>(slot, slot + SLOT_STACK + 8, SLOT_TOP);
        if (isInteger<L>() && portal && pass<Q>(slot, portal, header) == END) next = END;
        // What a bundle has gathered is looked at nearest first, also for any hit, and by branches of its own.
        if (next == gathered) {
          const boxes = inline.always(testBoxes(slot, gathered));
          next = inline.always(nextNearestForeseen(slot, gathered, boxes));
        }
        while (next != END) {
          if (next & PACKET_BIT) {
            const found = inline.always(testPacket<Q>(slot, <usize>(next ^ PACKET_BIT), true));
            if (isFloat<Q>()) {
              next = pop(slot, load<usize>(slot, SLOT_TOP) - 8);
            } else {
              if (found) {
                store<i32>(slot, 0, SLOT_TRIANGLE);
                break;
              }
              const top = load<usize>(slot, SLOT_TOP) - 8;
              store<usize>(slot, top, SLOT_TOP);
              next = load<u32>(top);
            }
          } else if (isInteger<L>() && (next & APART_BIT) != 0) {
            next = pass<Q>(slot, next, header);
          } else {
            const boxes = inline.always(testBoxes(slot, <usize>next));
            if (isFloat<Q>()) next = inline.always(nextNearestForeseen(slot, <usize>next, boxes));
            else next = inline.always(nextAnyForeseen(slot, <usize>next, boxes));
          }
        }
        if (isInteger<L>() && isFloat<Q>()) instance = settle(slot);
        writeHit<Q>(slot, hit, unscale);
      } else {
        writeMiss(hit);
      }
      if (isInteger<L>() && isFloat<Q>() && instances) store<i32>(instances + ((hit - hits) >> 2), instance);
      hit += 16;
      ray += 32;
    } while (ray < bundleEnd);
  } while (ray < end);
}
