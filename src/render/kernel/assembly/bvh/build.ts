// Builds a hierarchy: references, binary tree, wide tree. The first two are scratch; they are allocated first, the wide
// tree behind them, and when it is done it moves down to where they began. The references inside it are written for that
// final place from the start.

import { alloc, mark, release } from '../memory';
import { buildBinary, FRAMES_BYTES } from './binary';
import { collapse, PLACES_BYTES, wideNodes } from './collapse';
import {
  HEADER_BYTES,
  HEADER_LOWER,
  HEADER_RECORDS,
  HEADER_ROOT,
  HEADER_SCALE,
  HEADER_UPPER,
  READ_AHEAD_BYTES,
  REFERENCE_BYTES,
} from './layout';
import { sceneScale, writeReferences } from './references';
import { measureRange, RANGE_BEGIN, RANGE_END, RANGE_LOWER, RANGE_UPPER, setLeaves } from './split';

export const ERROR_NOT_FINITE: i32 = -1;
export const ERROR_OUT_OF_MEMORY: i32 = -2;

/** What building takes for each triangle, scratch and result together, when packets are well filled. */
const TYPICAL_BYTES: usize = 125;

/** Address of the header of the hierarchy built last. */
export let builtHeader: usize = 0;

let start: usize = 0;
let places: usize = 0;
let frames: usize = 0;
/** Where the references of what is built go, after `begin`. */
export let references: usize = 0;

/** Allocates what building over at most `count` references takes; to be followed by `finish`. @returns false: no memory */
export function begin(count: i32): bool {
  start = mark();
  // Growing a memory is slow however little it grows: once for all. Where there is no room for the guess, less may do.
  if (alloc(<usize>count * TYPICAL_BYTES, 16)) release(start);
  places = alloc(PLACES_BYTES, 16);
  frames = alloc(FRAMES_BYTES, 16);
  references = alloc(<usize>count * REFERENCE_BYTES, 32);
  return places && frames && references;
}

/**
 * Builds a hierarchy, whose header will be at `builtHeader`, over the triangles from `first` up to `end`; `reach` as in
 * `writeReferences`.
 * @returns its number of nodes, or a negative error, with what was allocated left for the caller to release
 */
export function build(positions: usize, indices: usize, first: i32, end: i32, reach: f32): i32 {
  if (!begin(end - first)) return ERROR_OUT_OF_MEMORY;
  const count = writeReferences(positions, indices, first, end, reach, references);
  if (count < 0) return ERROR_NOT_FINITE;
  setLeaves(false);
  return finish(positions, indices, count, sceneScale);
}

/** The same over the first `count` of the references; `positions` and `scale` as in `collapse` and the header. */
export function finish(positions: usize, indices: usize, count: i32, scale: f32): i32 {
  store<i32>(frames, 0, RANGE_BEGIN);
  store<i32>(frames, count, RANGE_END);
  measureRange(frames, references);
  const binary = buildBinary(references, frames, frames, 0);
  const header = alloc(HEADER_BYTES, 64);
  if (!binary || !header) return ERROR_OUT_OF_MEMORY;

  const final = (start + 63) & ~63;
  const root = count ? collapse(binary, positions, indices, references, places, final - header) : 0;
  if (count && !root) return ERROR_OUT_OF_MEMORY;
  if (!alloc(READ_AHEAD_BYTES, 32)) return ERROR_OUT_OF_MEMORY;
  v128.store(header, v128.load(frames, RANGE_LOWER), HEADER_LOWER);
  v128.store(header, v128.load(frames, RANGE_UPPER), HEADER_UPPER);
  store<f32>(header, scale, HEADER_SCALE);
  store<u32>(header, root, HEADER_ROOT);
  store<u64>(header, 0, HEADER_RECORDS);
  const bytes = mark() - header;
  memory.copy(final, header, bytes);
  release(final + bytes);
  builtHeader = final;
  return count ? wideNodes() : 0;
}
