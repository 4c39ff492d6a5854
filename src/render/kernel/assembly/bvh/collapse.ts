// The second tree: cuts eight-wide nodes out of the binary one and writes them and their packets in their final form.

import { alloc } from '../memory';
import {
  BINARY_BEGIN,
  BINARY_COUNT,
  BINARY_LOWER,
  BINARY_UPPER,
  gather,
  gatherBelow,
  MAX_BINARY_DEPTH,
} from './binary';
import {
  LANES,
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
import { sceneScale } from './references';

/** The binary nodes that become the places of the wide node in work, for each level. */
export const PLACES_BYTES: usize = <usize>MAX_BINARY_DEPTH * WIDTH * sizeof<usize>();

let positions: usize = 0;
let indices: usize = 0;
let references: usize = 0;
let places: usize = 0;
/** Final address minus the address written to. */
let relocation: usize = 0;
let nodes: i32 = 0;

export function wideNodes(): i32 {
  return nodes;
}

/**
 * Writes the wide tree for the binary tree at `root` behind what is allocated; `offset` is what has to be added to an
 * address there to get its final one. Leaves are packets of triangles, or, with `positionsAt` 0, what their one reference
 * refers to. @returns the reference of its root, or 0: out of memory
 */
export function collapse(
  root: usize,
  positionsAt: usize,
  indicesAt: usize,
  referencesAt: usize,
  placesAt: usize,
  offset: usize,
): u32 {
  positions = positionsAt;
  indices = indicesAt;
  references = referencesAt;
  places = placesAt;
  relocation = offset;
  nodes = 0;
  const node = alloc(NODE_BYTES, 32);
  if (!node || !writeNode(node, root, 0)) return 0;
  return <u32>(node + relocation);
}

/** Writes the wide node for a binary node, and all below it; false: out of memory. */
function writeNode(node: usize, binary: usize, depth: i32): bool {
  nodes++;
  const list = places + <usize>depth * WIDTH * sizeof<usize>();
  const end = load<i32>(binary, BINARY_COUNT) ? gather(binary, 1, list) : gatherBelow(binary, WIDTH, list);
  const used = <i32>((end - list) / sizeof<usize>());
  for (let i = 0; i < WIDTH; i++) {
    const place = load<usize>(list + <usize>i * sizeof<usize>());
    writeBox(node + ((<usize>i) << 2), place, i < used);
  }
  // Packets follow their node and siblings lie together, so that what is read together shares pages and cache lines.
  for (let i = 0; i < used; i++) {
    const place = load<usize>(list + <usize>i * sizeof<usize>());
    if (!load<i32>(place, BINARY_COUNT)) continue;
    const begin = load<i32>(place, BINARY_BEGIN);
    let leaf = load<u32>(references + <usize>begin * REFERENCE_BYTES, 12);
    if (positions) {
      const packet = writePacket(begin, load<i32>(place, BINARY_COUNT));
      if (!packet) return false;
      leaf = <u32>(packet + relocation) | PACKET_BIT;
    }
    store<u32>(node + ((<usize>i) << 2), leaf, NODE_CHILDREN);
  }
  for (let i = 0; i < used; i++) {
    const place = load<usize>(list + <usize>i * sizeof<usize>());
    if (load<i32>(place, BINARY_COUNT)) continue;
    const child = alloc(NODE_BYTES, 32);
    if (!child) return false;
    store<u32>(node + ((<usize>i) << 2), <u32>(child + relocation), NODE_CHILDREN);
  }
  for (let i = 0; i < used; i++) {
    const place = load<usize>(list + <usize>i * sizeof<usize>());
    if (load<i32>(place, BINARY_COUNT)) continue;
    const child = <usize>load<u32>(node + ((<usize>i) << 2), NODE_CHILDREN) - relocation;
    if (!writeNode(child, place, depth + 1)) return false;
  }
  return true;
}

/** One of a node's eight boxes; unused, it is inside out. */
function writeBox(to: usize, binary: usize, used: bool): void {
  const lower = used ? v128.load(binary, BINARY_LOWER) : f32x4.splat(Infinity);
  const upper = used ? v128.load(binary, BINARY_UPPER) : f32x4.splat(-Infinity);
  store<f32>(to, f32x4.extract_lane(lower, 0));
  store<f32>(to, f32x4.extract_lane(upper, 0), PLANE_BYTES);
  store<f32>(to, f32x4.extract_lane(lower, 1), 2 * PLANE_BYTES);
  store<f32>(to, f32x4.extract_lane(upper, 1), 3 * PLANE_BYTES);
  store<f32>(to, f32x4.extract_lane(lower, 2), 4 * PLANE_BYTES);
  store<f32>(to, f32x4.extract_lane(upper, 2), 5 * PLANE_BYTES);
  store<u32>(to, 0, NODE_CHILDREN);
}

/** @returns the packet of `count` references from `begin`, or 0: out of memory */
function writePacket(begin: i32, count: i32): usize {
  const packet = alloc(PACKET_BYTES, 32);
  if (!packet) return 0;
  memory.fill(packet, 0, PACKET_BYTES);
  let before = -1;
  for (let lane = 0; lane < LANES; lane++) {
    const to = packet + ((<usize>lane) << 2);
    if (lane >= count) {
      store<i32>(to, -1, PACKET_NUMBERS);
      continue;
    }
    // The next number in rising order: with equal distances the lowest lane is then the lowest triangle.
    let triangle = i32.MAX_VALUE;
    for (let i = 0; i < count; i++) {
      const number = load<i32>(references + <usize>(begin + i) * REFERENCE_BYTES, 12);
      if (number > before && number < triangle) triangle = number;
    }
    before = triangle;
    store<i32>(to, triangle, PACKET_NUMBERS);
    for (let corner = 0; corner < 3; corner++) {
      const vertex = load<u32>(indices + <usize>triangle * 12 + ((<usize>corner) << 2));
      const from = positions + <usize>vertex * 12;
      const at = to + <usize>corner * PACKET_VERTEX;
      store<f32>(at, load<f32>(from) * sceneScale);
      store<f32>(at, load<f32>(from, 4) * sceneScale, 16);
      store<f32>(at, load<f32>(from, 8) * sceneScale, 32);
    }
  }
  return packet;
}
