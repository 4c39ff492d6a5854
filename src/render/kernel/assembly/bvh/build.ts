// Builds the eight-wide hierarchy top down: a range of references is split until it makes eight parts (always the part with
// the largest surface that still needs splitting), parts of up to four triangles become packets, the others nodes.
//
// The references are scratch that must outlive nothing: they are allocated first, the hierarchy after them, and when it is
// done it moves down to where they began. References inside it are written for that final place from the start.

import { alloc, mark, release } from '../memory';
import {
  HEADER_BYTES,
  HEADER_LOWER,
  HEADER_ROOT,
  HEADER_SCALE,
  HEADER_UPPER,
  LANES,
  MAX_DEPTH,
  NODE_BYTES,
  NODE_CHILDREN,
  PACKET_BIT,
  PACKET_BYTES,
  PACKET_NUMBERS,
  PACKET_VERTEX,
  PLANE_BYTES,
  REFERENCE_BYTES,
  WIDTH,
} from './layout';
import { sceneScale, writeReferences } from './references';
import {
  measureRange,
  RANGE_AREA,
  RANGE_BEGIN,
  RANGE_BYTES,
  RANGE_END,
  RANGE_LOWER,
  RANGE_UPPER,
  splitRange,
} from './split';

export const ERROR_NOT_FINITE: i32 = -1;
export const ERROR_OUT_OF_MEMORY: i32 = -2;

/** Beyond this depth ranges are halved by number: 2^31 triangles then need 11 levels more, which keeps within MAX_DEPTH. */
const BALANCED_DEPTH: i32 = 28;

/** Traversal reads up to this far from where a record begins, if only to touch or to ignore. */
const TOUCHED_BYTES: usize = 352;

/** The eight ranges of the node in work at each depth. */
const frames = memory.data(40 * 8 * 96, 16);

let positionsAt: usize = 0;
let indicesAt: usize = 0;
let references: usize = 0;
/** Final address minus the address written to. */
let relocation: usize = 0;
let nodeCount: i32 = 0;

/** Address of the header of the hierarchy built last. */
export let builtHeader: usize = 0;

/** Builds a hierarchy whose header will be at `builtHeader`. @returns its number of nodes, or a negative error. */
export function build(positions: usize, indices: usize, triangleCount: i32): i32 {
  const start = mark();
  const scratch = <usize>triangleCount * REFERENCE_BYTES;
  references = alloc(scratch, 32);
  if (!references) return ERROR_OUT_OF_MEMORY;
  const count = writeReferences(positions, indices, triangleCount, references);
  if (count < 0) {
    release(start);
    return ERROR_NOT_FINITE;
  }
  positionsAt = positions;
  indicesAt = indices;
  nodeCount = 0;

  const header = alloc(HEADER_BYTES, 64);
  const final = (start + 63) & ~63;
  if (!header) {
    release(start);
    return ERROR_OUT_OF_MEMORY;
  }
  relocation = final - header;
  const root = frames;
  store<i32>(root, 0, RANGE_BEGIN);
  store<i32>(root, count, RANGE_END);
  measureRange(root, references);
  v128.store(header, v128.load(root, RANGE_LOWER), HEADER_LOWER);
  v128.store(header, v128.load(root, RANGE_UPPER), HEADER_UPPER);
  store<f32>(header, sceneScale, HEADER_SCALE);
  const reference = count ? buildNode(0) : 0;
  if (count && !reference) {
    release(start);
    return ERROR_OUT_OF_MEMORY;
  }
  store<u32>(header, reference, HEADER_ROOT);
  // Traversal touches ahead of what it reads.
  if (!alloc(TOUCHED_BYTES, 32)) {
    release(start);
    return ERROR_OUT_OF_MEMORY;
  }
  const bytes = mark() - header;
  memory.copy(final, header, bytes);
  release(final + bytes);
  builtHeader = final;
  return nodeCount;
}

function countOf(range: usize): i32 {
  return load<i32>(range, RANGE_END) - load<i32>(range, RANGE_BEGIN);
}

/** Writes the node for the range at the beginning of frame `depth`; returns its reference, or 0 when memory ran out. */
function buildNode(depth: i32): u32 {
  const frame = frames + <usize>depth * WIDTH * RANGE_BYTES;
  let parts = 1;
  while (parts < WIDTH) {
    const largest = partToSplit(frame, parts, depth >= BALANCED_DEPTH);
    if (!largest) break;
    splitRange(references, largest, largest, frame + <usize>parts * RANGE_BYTES, depth >= BALANCED_DEPTH);
    parts++;
  }
  const node = alloc(NODE_BYTES, 32);
  if (!node) return 0;
  nodeCount++;
  for (let i = 0; i < WIDTH; i++)
    writeBox(node + ((<usize>i) << 2), frame + <usize>i * RANGE_BYTES, i < parts);
  // Packets follow their node directly, so that what is read together lies together.
  for (let i = 0; i < parts; i++) {
    const range = frame + <usize>i * RANGE_BYTES;
    if (countOf(range) > LANES) continue;
    const packet = writePacket(range);
    if (!packet) return 0;
    store<u32>(node + ((<usize>i) << 2), packet, NODE_CHILDREN);
  }
  for (let i = 0; i < parts; i++) {
    const range = frame + <usize>i * RANGE_BYTES;
    if (countOf(range) <= LANES) continue;
    memory.copy(frame + <usize>WIDTH * RANGE_BYTES, range, RANGE_BYTES);
    const child = buildNode(depth + 1);
    if (!child) return 0;
    store<u32>(node + ((<usize>i) << 2), child, NODE_CHILDREN);
  }
  return <u32>(node + relocation);
}

/** Of the parts with more triangles than a packet holds, the largest by surface (by number when `balanced`); 0: none. */
function partToSplit(frame: usize, parts: i32, balanced: bool): usize {
  let largest: usize = 0;
  let most: f32 = -1;
  for (let i = 0; i < parts; i++) {
    const range = frame + <usize>i * RANGE_BYTES;
    if (countOf(range) <= LANES) continue;
    const size = balanced ? <f32>countOf(range) : load<f32>(range, RANGE_AREA);
    if (size > most) {
      most = size;
      largest = range;
    }
  }
  return largest;
}

function writeBox(place: usize, range: usize, used: bool): void {
  const lower = used ? v128.load(range, RANGE_LOWER) : f32x4.splat(Infinity);
  const upper = used ? v128.load(range, RANGE_UPPER) : f32x4.splat(-Infinity);
  store<f32>(place, f32x4.extract_lane(lower, 0));
  store<f32>(place, f32x4.extract_lane(upper, 0), PLANE_BYTES);
  store<f32>(place, f32x4.extract_lane(lower, 1), 2 * PLANE_BYTES);
  store<f32>(place, f32x4.extract_lane(upper, 1), 3 * PLANE_BYTES);
  store<f32>(place, f32x4.extract_lane(lower, 2), 4 * PLANE_BYTES);
  store<f32>(place, f32x4.extract_lane(upper, 2), 5 * PLANE_BYTES);
  store<u32>(place, 0, NODE_CHILDREN);
}

function writePacket(range: usize): u32 {
  const packet = alloc(PACKET_BYTES, 32);
  if (!packet) return 0;
  const count = countOf(range);
  let before = -1;
  for (let lane = 0; lane < LANES; lane++) {
    const place = packet + ((<usize>lane) << 2);
    // The next number in rising order: with equal distances the lowest lane is then the lowest triangle.
    let triangle = i32.MAX_VALUE;
    for (let i = 0; i < count; i++) {
      const number = load<i32>(references + <usize>(load<i32>(range, RANGE_BEGIN) + i) * REFERENCE_BYTES, 12);
      if (number > before && number < triangle) triangle = number;
    }
    before = triangle;
    store<i32>(place, lane < count ? triangle : -1, PACKET_NUMBERS);
    for (let corner = 0; corner < 3; corner++) {
      const to = place + <usize>corner * PACKET_VERTEX;
      if (lane < count) {
        const from =
          positionsAt + <usize>load<u32>(indicesAt + <usize>triangle * 12 + ((<usize>corner) << 2)) * 12;
        store<f32>(to, load<f32>(from) * sceneScale);
        store<f32>(to, load<f32>(from, 4) * sceneScale, 16);
        store<f32>(to, load<f32>(from, 8) * sceneScale, 32);
      } else {
        store<f32>(to, 0);
        store<f32>(to, 0, 16);
        store<f32>(to, 0, 32);
      }
    }
  }
  return <u32>(packet + relocation) | PACKET_BIT;
}
