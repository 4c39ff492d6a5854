// The first of two trees: binary, split by the surface area heuristic down to ranges that fit a packet. On the way back up
// each node learns what it would cost as part of a wide tree, so that `collapse.ts` can cut the wide nodes out of it where
// that is cheapest (Ylitie, Karras, Laine 2017, "Efficient Incoherent Ray Traversal on GPUs Through Compressed Wide BVHs",
// section 3.1). Greedy cutting leaves half of the places in wide nodes empty; this leaves few.

import { alloc } from '../memory';
import { MAX_DEPTH, WIDTH } from './layout';
import {
  leafSize,
  RANGE_AREA,
  RANGE_BEGIN,
  RANGE_BYTES,
  RANGE_END,
  RANGE_LOWER,
  RANGE_UPPER,
  splitRange,
} from './split';

/** A binary node; an inner node's left child follows it directly. */
const BINARY_BYTES: usize = 64;
/** v128: lower corner; its fourth lane is a leaf's first reference, or the address of an inner node's right child. */
export const BINARY_LOWER: usize = 0;
export const BINARY_BEGIN: usize = 12;
const BINARY_RIGHT: usize = 12;
/** v128: upper corner; its fourth lane is the number of triangles of a leaf, or 0. */
export const BINARY_UPPER: usize = 16;
export const BINARY_COUNT: usize = 28;
/** f32 x 7: the least cost of everything below as at most 1, 2 ... 7 subtrees of the wide tree. */
const BINARY_COSTS: usize = 32;
/** Four bits for each of 2, 3 ... 8 subtrees: how many of them go left; bit 3: one fewer is as good. */
const BINARY_CHOICES: usize = 60;
const FEWER: u32 = 8;

/**
 * Binary nodes between root and leaf at most. Beyond SAH_DEPTH ranges are halved by number, and 2^28 triangles (the most
 * that a 32-bit memory has room for) then need 26 levels more.
 */
export const MAX_BINARY_DEPTH: i32 = MAX_DEPTH;
const SAH_DEPTH: i32 = 44;

/** One range for the root and two for each level below it. */
export const FRAMES_BYTES: usize = <usize>(1 + 2 * MAX_BINARY_DEPTH) * RANGE_BYTES;

/** Builds the subtree over `range`, with the ranges of its parts kept in `frames`. @returns the node, or 0: out of memory */
export function buildBinary(references: usize, frames: usize, range: usize, depth: i32): usize {
  const node = alloc(BINARY_BYTES, BINARY_BYTES);
  if (!node) return 0;
  const begin = load<i32>(range, RANGE_BEGIN);
  const count = load<i32>(range, RANGE_END) - begin;
  v128.store(node, v128.load(range, RANGE_LOWER), BINARY_LOWER);
  v128.store(node, v128.load(range, RANGE_UPPER), BINARY_UPPER);
  if (count <= leafSize) {
    store<i32>(node, begin, BINARY_BEGIN);
    store<i32>(node, count, BINARY_COUNT);
    // Leaves are what they are: only inner nodes of the wide tree cost anything.
    v128.store(node, f32x4.splat(0), BINARY_COSTS);
    v128.store(node, f32x4.splat(0), BINARY_COSTS + 16);
    return node;
  }
  const left = frames + <usize>(1 + 2 * depth) * RANGE_BYTES;
  const right = left + RANGE_BYTES;
  const area = load<f32>(range, RANGE_AREA);
  splitRange(references, range, left, right, depth >= SAH_DEPTH);
  const first = buildBinary(references, frames, left, depth + 1);
  if (!first) return 0;
  const second = buildBinary(references, frames, right, depth + 1);
  if (!second) return 0;
  store<u32>(node, <u32>second, BINARY_RIGHT);
  store<i32>(node, 0, BINARY_COUNT);
  weigh(node, first, second, area);
  return node;
}

/** Fills in the costs and choices of an inner node from those of its children. */
function weigh(node: usize, left: usize, right: usize, area: f32): void {
  let choices: u32 = 0;
  let all: f32 = 0;
  for (let subtrees = 2; subtrees <= WIDTH; subtrees++) {
    let least: f32 = Infinity;
    let choice = 0;
    for (let k = max(1, subtrees - 7); k <= min(7, subtrees - 1); k++) {
      const cost =
        load<f32>(left + ((<usize>(k - 1)) << 2), BINARY_COSTS) +
        load<f32>(right + ((<usize>(subtrees - k - 1)) << 2), BINARY_COSTS);
      if (cost < least) {
        least = cost;
        choice = k;
      }
    }
    choices |= (<u32>choice) << ((subtrees - 2) << 2);
    if (subtrees < WIDTH) store<f32>(node + ((<usize>(subtrees - 1)) << 2), least, BINARY_COSTS);
    else all = least;
  }
  let before = area + all;
  store<f32>(node, before, BINARY_COSTS);
  for (let subtrees = 2; subtrees < WIDTH; subtrees++) {
    const cost = node + ((<usize>(subtrees - 1)) << 2);
    if (before <= load<f32>(cost, BINARY_COSTS)) {
      store<f32>(cost, before, BINARY_COSTS);
      choices |= (<u32>FEWER) << ((subtrees - 2) << 2);
    }
    before = load<f32>(cost, BINARY_COSTS);
  }
  store<u32>(node, choices, BINARY_CHOICES);
}

/** Appends to `list` the at most `most` subtrees that are the cheapest way to have all below `node`. @returns the list's end */
export function gather(node: usize, most: i32, list: usize): usize {
  if (load<i32>(node, BINARY_COUNT)) {
    store<usize>(list, node);
    return list + sizeof<usize>();
  }
  const choices = load<u32>(node, BINARY_CHOICES);
  let subtrees = most;
  while (subtrees > 1 && (choices >> ((subtrees - 2) << 2)) & FEWER) subtrees--;
  if (subtrees == 1) {
    store<usize>(list, node);
    return list + sizeof<usize>();
  }
  return gatherBelow(node, subtrees, list);
}

/** As `gather`, but of the node's two children even where the node itself would be cheaper. */
export function gatherBelow(node: usize, subtrees: i32, list: usize): usize {
  const left = <i32>((load<u32>(node, BINARY_CHOICES) >> ((subtrees - 2) << 2)) & 7);
  const middle = gather(node + BINARY_BYTES, left, list);
  return gather(<usize>load<u32>(node, BINARY_RIGHT), subtrees - left, middle);
}
