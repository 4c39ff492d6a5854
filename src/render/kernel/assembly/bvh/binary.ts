// The first of two trees: binary, split by the surface area heuristic down to ranges that fit a packet. On the way back up
// each node learns what it would cost as part of a wide tree, so that `collapse.ts` can cut the wide nodes out of it where
// that is cheapest (Ylitie, Karras, Laine 2017, "Efficient Incoherent Ray Traversal on GPUs Through Compressed Wide BVHs",
// section 3.1). Greedy cutting leaves half of the places in wide nodes empty; this leaves few.

import { alloc } from '../memory';
import { MAX_DEPTH, WIDTH } from './layout';
import { nodePair } from './nodes';
import {
  halfArea,
  leafSize,
  RANGE_BEGIN,
  RANGE_BYTES,
  RANGE_END,
  RANGE_LOWER,
  RANGE_UPPER,
  splitRange,
} from './split';

/** A binary node. Two that have one parent follow each other. */
export const BINARY_BYTES: usize = 64;
/** v128: lower corner; its fourth lane is a leaf's first reference, or the address of an inner node's two children. */
export const BINARY_LOWER: usize = 0;
export const BINARY_BEGIN: usize = 12;
const BINARY_CHILDREN: usize = 12;
/** v128: upper corner; its fourth lane is the number of references of a leaf, or less than 0: that of all below. */
export const BINARY_UPPER: usize = 16;
const BINARY_COUNT: usize = 28;
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
const frames: usize = alloc(<usize>(1 + 2 * MAX_BINARY_DEPTH) * RANGE_BYTES, 16);

/** Room for the range of the root. */
export const rootRange: usize = frames;

/** Room for the ranges of the two parts of something at that depth. */
export function partsAt(depth: i32): usize {
  return frames + <usize>(1 + 2 * depth) * RANGE_BYTES;
}

/** References of a leaf; of an inner node 0. */
export function leafCount(node: usize): i32 {
  return max(0, load<i32>(node, BINARY_COUNT));
}

/** References in and below a node. */
export function countBelow(node: usize): i32 {
  return abs(load<i32>(node, BINARY_COUNT));
}

export function childrenOf(node: usize): usize {
  return <usize>load<u32>(node, BINARY_CHILDREN);
}

/** Writes the node over a range, all but what it costs. @returns the address of its children, 0 for a leaf, -1: no memory */
export function writeBinary(node: usize, range: usize): usize {
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
    return 0;
  }
  const children = nodePair();
  if (!children) return -1;
  store<u32>(node, <u32>children, BINARY_CHILDREN);
  store<i32>(node, -count, BINARY_COUNT);
  return children;
}

/** Splits a range at that depth into the two of `partsAt`. */
export function splitAt(references: usize, range: usize, depth: i32): void {
  const left = partsAt(depth);
  splitRange(references, range, left, left + RANGE_BYTES, depth >= SAH_DEPTH);
}

/** Builds the subtree at `node` over `range`, which is at that depth. @returns false: no memory */
export function buildBinary(node: usize, references: usize, range: usize, depth: i32): bool {
  const children = writeBinary(node, range);
  if (!children) return true;
  if (children == -1) return false;
  splitAt(references, range, depth);
  const left = partsAt(depth);
  if (!buildBinary(children, references, left, depth + 1)) return false;
  if (!buildBinary(children + BINARY_BYTES, references, left + RANGE_BYTES, depth + 1)) return false;
  weigh(node);
  return true;
}

/** Fills in the costs and choices of an inner node from those of its children. */
export function weigh(node: usize): void {
  const left = childrenOf(node);
  const right = left + BINARY_BYTES;
  const area = halfArea(v128.load(node, BINARY_LOWER), v128.load(node, BINARY_UPPER));
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
  if (leafCount(node)) {
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
  const children = childrenOf(node);
  const middle = gather(children, left, list);
  return gather(children + BINARY_BYTES, subtrees - left, middle);
}
