// Builds a hierarchy: references, binary tree, wide tree. The first two are scratch. Room for the wide tree is set aside before
// them; where that turns out to be too little it is written behind them, and moves down to where they began. The references
// inside it are written for that final place from the start. Several cores take part where there are any: see crew.ts.

import { CREW_IS_ABANDONED, CREW_STATE } from '../layout';
import { alloc, mark, release } from '../memory';
import { rootRange } from './binary';
import { measureTree, wideNodes, writeTree } from './collapse';
import { crew, leaveCrew, read, setWork, startAlone } from './crew';
import {
  HEADER_BYTES,
  HEADER_LOWER,
  HEADER_ROOT,
  HEADER_SCALE,
  HEADER_UPPER,
  READ_AHEAD_BYTES,
  REFERENCE_BYTES,
} from './layout';
import { refuseNodes } from './nodes';
import {
  PLAN_COUNT,
  PLAN_END,
  PLAN_FIRST,
  PLAN_INDICES,
  PLAN_LEAF_SHIFT,
  PLAN_POSITIONS,
  PLAN_REFERENCES,
  PLAN_SCALE,
  plan,
} from './plan';
import { openParts, sceneScale, writeReferences } from './references';
import { measureRange, RANGE_BEGIN, RANGE_END, RANGE_LOWER, RANGE_UPPER } from './split';
import { buildTree } from './tasks';
import { perform } from './work';

export const ERROR_NOT_FINITE: i32 = -1;
export const ERROR_OUT_OF_MEMORY: i32 = -2;

/** What each triangle takes when packets are well filled: of the result, and of binary nodes. */
const TRIANGLE_RESULT: usize = 60;
const TRIANGLE_NODES: usize = 48;
/** What each instance takes: nothing is set aside for the result, which is small enough to be moved. */
const INSTANCE_RESULT: usize = 0;
const INSTANCE_NODES: usize = 128 + 70;
/** Lists, and blocks of nodes that are not full. */
const SLACK: usize = 1 << 18;

/** Address of the header of the hierarchy built last. */
export let builtHeader: usize = 0;

/** Where the result goes, and how much room was set aside for it. */
let final: usize = 0;
let room: usize = 0;
/** Where the references of what is built go. */
export let references: usize = 0;

/** For a tree of at most so many instances, to be followed by `buildOver`. @returns false: no memory */
export function beginInstances(count: i32): bool {
  return begin(count, INSTANCE_RESULT, INSTANCE_NODES);
}

/** Allocates what building over at most `count` references takes. @returns false: no memory */
function begin(count: i32, result: usize, nodes: usize): bool {
  startAlone();
  setWork(perform);
  const free = mark();
  final = alloc(0, 64);
  if (!final) return false;
  // What lies between things is the same each time, too.
  memory.fill(free, 0, final - free);
  room = <usize>count * result + HEADER_BYTES + READ_AHEAD_BYTES;
  // Growing a memory is slow however little it grows: once for all. Where there is no room for the guess, less may do.
  if (alloc(room + <usize>count * (REFERENCE_BYTES + nodes) + SLACK, 64)) {
    release(final + room);
  } else {
    room = 0;
  }
  references = alloc(<usize>count * REFERENCE_BYTES, 32);
  plan(PLAN_REFERENCES, references);
  return references != 0 && openParts(count);
}

/**
 * Builds a hierarchy, whose header will be at `builtHeader`, over the triangles from `first` up to `end`; `reach` as in
 * `writeReferences`. When a helper is lost on the way, all begins again, alone, and behind what that one may still write to.
 * @returns its number of nodes, or a negative error, with what was allocated left for the caller to release
 */
export function build(positions: usize, indices: usize, first: i32, end: i32, reach: f32): i32 {
  const built = attempt(positions, indices, first, end, reach);
  return built < 0 && goesOnAlone() ? attempt(positions, indices, first, end, reach) : built;
}

/** Leaves a crew from which somebody is lost. @returns whether that was so: what failed is to be tried again */
export function goesOnAlone(): bool {
  if (read(crew + CREW_STATE) != CREW_IS_ABANDONED) return false;
  refuseNodes();
  leaveCrew();
  return true;
}

function attempt(positions: usize, indices: usize, first: i32, end: i32, reach: f32): i32 {
  if (!begin(end - first, TRIANGLE_RESULT, TRIANGLE_NODES)) return ERROR_OUT_OF_MEMORY;
  plan(PLAN_POSITIONS, positions);
  plan(PLAN_INDICES, indices);
  plan(PLAN_FIRST, <usize>first);
  plan(PLAN_END, <usize>end);
  plan(PLAN_LEAF_SHIFT, 2);
  const count = writeReferences(reach, rootRange);
  if (count < 0) return count == -1 ? ERROR_NOT_FINITE : ERROR_OUT_OF_MEMORY;
  return finish(count, sceneScale);
}

/** The same over the first `count` of `references`, which are those of instances. */
export function buildOver(count: i32, scale: f32): i32 {
  plan(PLAN_POSITIONS, 0);
  plan(PLAN_LEAF_SHIFT, 0);
  plan(PLAN_COUNT, <usize>count);
  store<f32>(crew + PLAN_SCALE, scale);
  store<i32>(rootRange, 0, RANGE_BEGIN);
  store<i32>(rootRange, count, RANGE_END);
  measureRange(rootRange, references);
  return finish(count, scale);
}

function finish(count: i32, scale: f32): i32 {
  const lower = v128.load(rootRange, RANGE_LOWER);
  const upper = v128.load(rootRange, RANGE_UPPER);
  let tree: usize = 0;
  let bytes: usize = 0;
  if (count) {
    tree = buildTree();
    if (!tree) return ERROR_OUT_OF_MEMORY;
    bytes = measureTree(tree);
    if (!bytes) return ERROR_OUT_OF_MEMORY;
  }
  const whole = HEADER_BYTES + bytes + READ_AHEAD_BYTES;
  const header = whole <= room ? final : alloc(whole, 64);
  if (!header) return ERROR_OUT_OF_MEMORY;
  const root = count ? writeTree(tree, header + HEADER_BYTES, final - header) : 0;
  if (count && !root) return ERROR_OUT_OF_MEMORY;
  memory.fill(header, 0, HEADER_BYTES);
  memory.fill(header + whole - READ_AHEAD_BYTES, 0, READ_AHEAD_BYTES);
  v128.store(header, lower, HEADER_LOWER);
  v128.store(header, upper, HEADER_UPPER);
  store<f32>(header, scale, HEADER_SCALE);
  store<u32>(header, root, HEADER_ROOT);
  if (header != final) memory.copy(final, header, whole);
  release(final + whole);
  builtHeader = final;
  return count ? wideNodes() : 0;
}
