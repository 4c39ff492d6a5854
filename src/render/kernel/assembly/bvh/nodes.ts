// Room for binary nodes, two at a time. Cores take blocks of it behind everything that is allocated and fill them by
// themselves: nothing in the finished hierarchy depends on where a binary node lay.

import { CREW_IS_OUT_OF_MEMORY } from '../layout';
import { mark, memoryLimit, reach, release } from '../memory';
import { crew, raise, read, stop } from './crew';
import { PLAN_LIMIT, PLAN_NODES, PLAN_SERIAL, plan, planned } from './plan';

const PAIR_BYTES: usize = 128;
const BLOCK_BYTES: usize = 64 * PAIR_BYTES;

/** The block in use, and the tree that it is for. */
let next: usize = 0;
let end: usize = 0;
let serial: usize = 0;

/** For a new tree. Until `closeNodes`, nothing else may be allocated. */
export function openNodes(): void {
  next = end;
  plan(PLAN_NODES, (mark() + 63) & ~63);
  plan(PLAN_LIMIT, memoryLimit());
  plan(PLAN_SERIAL, planned(PLAN_SERIAL) + 1);
}

export function closeNodes(): void {
  release(planned(PLAN_NODES));
}

/** Nobody finds room from now on: where a core may be gone that has not heard that it is over. */
export function refuseNodes(): void {
  plan(PLAN_LIMIT, 0);
  // Whoever is just about to take a block. When somebody was lost before there was a tree, no block has been taken.
  release(max(mark(), <usize>read(crew + PLAN_NODES) + 64 * BLOCK_BYTES));
}

/** @returns room for two nodes, at a multiple of 128 less 64; 0: no memory, and the crew is stopped */
export function nodePair(): usize {
  if (next == end || serial != planned(PLAN_SERIAL)) {
    serial = planned(PLAN_SERIAL);
    next = <usize>raise(crew + PLAN_NODES, <i32>BLOCK_BYTES);
    end = next + BLOCK_BYTES;
    if (end < next || end > planned(PLAN_LIMIT) || !reach(end)) {
      next = end;
      stop(CREW_IS_OUT_OF_MEMORY);
      return 0;
    }
  }
  const pair = next;
  next += PAIR_BYTES;
  return pair;
}
