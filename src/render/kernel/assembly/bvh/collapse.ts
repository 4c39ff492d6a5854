// The second tree: cuts eight-wide nodes out of the binary one and writes them and their packets in their final form.
//
// Where each thing lies is that of one core going down: packets follow their node, sibling nodes lie together, then all below
// the first, below the second. Several cores write it nevertheless: below the large nodes hang subtrees (jobs), of which first
// all are measured, then each is told where to begin, then all are written.

import { alloc } from '../memory';
import {
  BINARY_BEGIN,
  BINARY_LOWER,
  BINARY_UPPER,
  countBelow,
  gather,
  gatherBelow,
  leafCount,
  MAX_BINARY_DEPTH,
} from './binary';
import { crew, runStage, WORK_MEASURE, WORK_WRITE } from './crew';
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
import {
  PLAN_INDICES,
  PLAN_JOBS,
  PLAN_POSITIONS,
  PLAN_REFERENCES,
  PLAN_RELOCATION,
  PLAN_SCALE,
  plan,
  planned,
} from './plan';

/** References of a job at most. */
const JOB: i32 = 4096;
/** u32: its binary node; its wide node's address; the address of what is below; i32: nodes below; packets. */
const JOB_BYTES: usize = 32;
const JOB_BINARY: usize = 0;
const JOB_NODE: usize = 4;
const JOB_BELOW: usize = 8;
const JOB_NODES: usize = 12;
const JOB_PACKETS: usize = 16;

/** The binary nodes that become the places of the wide node in work, for each level. */
const places: usize = alloc(<usize>MAX_BINARY_DEPTH * WIDTH * sizeof<usize>(), 16);

/** From the plan. */
let positions: usize = 0;
let indices: usize = 0;
let references: usize = 0;
let scale: f32 = 1;
/** Final address minus the address written to. */
let relocation: usize = 0;

/** What was counted below the nodes seen so far. */
let nodes: i32 = 0;
let packets: i32 = 0;
/** Jobs found or given out so far. */
let jobs: i32 = 0;
/** Where the next thing is written. */
let cursor: usize = 0;

function takePlan(): void {
  positions = planned(PLAN_POSITIONS);
  indices = planned(PLAN_INDICES);
  references = planned(PLAN_REFERENCES);
  scale = load<f32>(crew + PLAN_SCALE);
  relocation = planned(PLAN_RELOCATION);
}

function jobAt(item: i32): usize {
  return planned(PLAN_JOBS) + <usize>item * JOB_BYTES;
}

/** The wide nodes of what `measureTree` saw. */
export function wideNodes(): i32 {
  return nodes;
}

/**
 * Finds out how large the wide tree for the binary tree at `root` is. Its list of jobs is left allocated.
 * @returns bytes, 0: no memory, or the crew was stopped
 */
export function measureTree(root: usize): usize {
  const list = alloc(0, 16);
  plan(PLAN_JOBS, list);
  takePlan();
  nodes = 1;
  packets = 0;
  jobs = 0;
  if (!list || !survey(root, 0, JOB)) return 0;
  const topNodes = nodes;
  const topPackets = packets;
  if (!runStage(WORK_MEASURE, jobs)) return 0;
  nodes = topNodes;
  packets = topPackets;
  for (let item = 0; item < jobs; item++) {
    nodes += load<i32>(jobAt(item), JOB_NODES);
    packets += load<i32>(jobAt(item), JOB_PACKETS);
  }
  return <usize>nodes * NODE_BYTES + <usize>packets * PACKET_BYTES;
}

/**
 * Writes what was measured to `to`, which is where it stays but for `offset`, to be added to addresses there. Leaves are packets
 * of triangles, or, with no positions, what their one reference refers to.
 * @returns the reference of its root, or 0: the crew was stopped
 */
export function writeTree(root: usize, to: usize, offset: usize): u32 {
  plan(PLAN_RELOCATION, offset);
  takePlan();
  cursor = to + NODE_BYTES;
  const found = jobs;
  jobs = 0;
  writeNode(root, to, 0, JOB);
  jobs = found;
  return runStage(WORK_WRITE, jobs) ? <u32>(to + offset) : 0;
}

function listAt(depth: i32): usize {
  return places + <usize>depth * WIDTH * sizeof<usize>();
}

/** @returns how many binary nodes become places of the wide node for that one; they are listed */
function listPlaces(binary: usize, depth: i32): i32 {
  const list = listAt(depth);
  const end = leafCount(binary) ? gather(binary, 1, list) : gatherBelow(binary, WIDTH, list);
  return <i32>((end - list) / sizeof<usize>());
}

/**
 * Counts what lies below the wide node for a binary one; what has no more references than `job` is listed as one instead.
 * @returns false: no memory
 */
function survey(binary: usize, depth: i32, job: i32): bool {
  if (countBelow(binary) <= job) {
    const at = alloc(JOB_BYTES, 16);
    if (!at) return false;
    store<u32>(at, <u32>binary, JOB_BINARY);
    jobs++;
    return true;
  }
  const used = listPlaces(binary, depth);
  for (let i = 0; i < used; i++) {
    const child = load<usize>(listAt(depth) + <usize>i * sizeof<usize>());
    if (leafCount(child)) {
      packets += positions ? 1 : 0;
      continue;
    }
    nodes++;
    if (!survey(child, depth + 1, job)) return false;
  }
  return true;
}

export function measureJob(item: i32): void {
  const job = jobAt(item);
  takePlan();
  nodes = 0;
  packets = 0;
  survey(<usize>load<u32>(job, JOB_BINARY), 0, 0);
  store<i32>(job, nodes, JOB_NODES);
  store<i32>(job, packets, JOB_PACKETS);
}

/**
 * Writes the wide node for a binary one and all below it; of what has no more references than `job` it only says, in the list of
 * jobs, where it begins.
 */
function writeNode(binary: usize, node: usize, depth: i32, job: i32): void {
  if (countBelow(binary) <= job) {
    const at = jobAt(jobs++);
    store<u32>(at, <u32>node, JOB_NODE);
    store<u32>(at, <u32>cursor, JOB_BELOW);
    cursor += <usize>load<i32>(at, JOB_NODES) * NODE_BYTES + <usize>load<i32>(at, JOB_PACKETS) * PACKET_BYTES;
    return;
  }
  const used = writeWide(binary, node, depth);
  for (let i = 0; i < used; i++) {
    const child = load<usize>(listAt(depth) + <usize>i * sizeof<usize>());
    if (!leafCount(child)) writeNode(child, childAt(node, i), depth + 1, job);
  }
}

export function writeJob(item: i32): void {
  const job = jobAt(item);
  takePlan();
  cursor = <usize>load<u32>(job, JOB_BELOW);
  writeNode(<usize>load<u32>(job, JOB_BINARY), <usize>load<u32>(job, JOB_NODE), 0, 0);
}

/** Where a node's child is written. */
function childAt(node: usize, place: i32): usize {
  return <usize>load<u32>(node + ((<usize>place) << 2), NODE_CHILDREN) - relocation;
}

/** Writes the wide node for a binary node, its packets, and where its children will be. @returns how many places it uses */
function writeWide(binary: usize, node: usize, depth: i32): i32 {
  const used = listPlaces(binary, depth);
  const list = listAt(depth);
  for (let i = 0; i < WIDTH; i++) {
    const place = load<usize>(list + <usize>i * sizeof<usize>());
    writeBox(node + ((<usize>i) << 2), place, i < used);
  }
  // Packets follow their node and siblings lie together, so that what is read together shares pages and cache lines.
  for (let i = 0; i < used; i++) {
    const place = load<usize>(list + <usize>i * sizeof<usize>());
    const count = leafCount(place);
    if (!count) continue;
    const begin = load<i32>(place, BINARY_BEGIN);
    let leaf = load<u32>(references + <usize>begin * REFERENCE_BYTES, 12);
    if (positions) {
      leaf = <u32>(cursor + relocation) | PACKET_BIT;
      writePacket(cursor, begin, count);
      cursor += PACKET_BYTES;
    }
    store<u32>(node + ((<usize>i) << 2), leaf, NODE_CHILDREN);
  }
  for (let i = 0; i < used; i++) {
    if (leafCount(load<usize>(list + <usize>i * sizeof<usize>()))) continue;
    store<u32>(node + ((<usize>i) << 2), <u32>(cursor + relocation), NODE_CHILDREN);
    cursor += NODE_BYTES;
  }
  return used;
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

/** Writes the packet of `count` references from `begin`. */
function writePacket(packet: usize, begin: i32, count: i32): void {
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
      store<f32>(at, load<f32>(from) * scale);
      store<f32>(at, load<f32>(from, 4) * scale, 16);
      store<f32>(at, load<f32>(from, 8) * scale, 32);
    }
  }
}
