// A hierarchy in two levels: one for each mesh that is drawn more than once, in the mesh's own space and scale; one for the
// triangles of the world; and a tree over the boxes of all instances, whose leaves are instances and the children of the
// world's root. The tree and the world's hierarchy have one scale, so a ray goes from one into the other without noticing.

import {
  INSTANCES_COUNT,
  INSTANCES_MESH_COUNT,
  INSTANCES_MESH_NUMBERS,
  INSTANCES_MESHES,
  INSTANCES_TRANSFORMS,
  INSTANCES_WORLD_TRIANGLES,
} from '../layout';
import { alloc } from '../memory';
import {
  beginInstances,
  build,
  builtHeader,
  buildOver,
  ERROR_NOT_FINITE,
  ERROR_OUT_OF_MEMORY,
  goesOnAlone,
  references,
} from './build';
import { boxOf, forgetStrain, strain, TRANSFORM_BYTES, writeBoxInHand, writeInstance } from './instances';
import {
  HEADER_BYTES,
  HEADER_IS_STRAINED,
  HEADER_LOOSE,
  HEADER_LOWER,
  HEADER_RECORDS,
  HEADER_ROOT,
  HEADER_UPPER,
  INSTANCE_BITS,
  INSTANCE_BYTES,
  NODE_CHILDREN,
  PLANE_BYTES,
  REFERENCE_BYTES,
  WIDTH,
} from './layout';
import { sceneScale } from './references';

/** An instance that is only turned and scaled has a strain of 3 at most: from however far a ray comes, the slack is enough. */
const COVERED_STRAIN: f64 = 4;

let records: usize = 0;
let loose: usize = 0;

/** The header of each mesh; 0: nothing of it can be hit. */
let headers: usize = 0;

/**
 * Builds all of it from the record of instances (`../layout.ts`); its header will be at `builtHeader`.
 * @returns the number of nodes, or a negative error, with what was allocated left for the caller to release
 */
export function buildTwoLevel(positions: usize, indices: usize, instances: usize): i32 {
  const count = load<i32>(instances, INSTANCES_COUNT);
  let nodes = buildMeshes(positions, indices, instances);
  if (nodes < 0) return nodes;
  records = alloc(<usize>count * INSTANCE_BYTES, 64);
  loose = alloc(HEADER_BYTES, 64);
  if (!records || !loose) return ERROR_OUT_OF_MEMORY;
  memory.fill(records, 0, <usize>count * INSTANCE_BYTES);

  forgetStrain();
  let reach: f64 = 0;
  for (let i = 0; i < count; i++) {
    const header = headerOf(instances, i);
    if (header) reach = max(reach, boxOf(transformOf(instances, i), header));
  }
  // NaN, too.
  if (!(reach < <f64>f32.MAX_VALUE)) return ERROR_NOT_FINITE;

  const world = build(positions, indices, 0, load<i32>(instances, INSTANCES_WORLD_TRIANGLES), <f32>reach);
  if (world < 0) return world;
  nodes += world;
  const root = <usize>load<u32>(builtHeader, HEADER_ROOT);
  let top = buildTop(instances, count, root);
  if (top < 0 && goesOnAlone()) top = buildTop(instances, count, root);
  if (top < 0) return top;
  loosen();
  return nodes + top;
}

/** @returns the number of nodes, or a negative error */
function buildMeshes(positions: usize, indices: usize, instances: usize): i32 {
  const count = load<i32>(instances, INSTANCES_MESH_COUNT);
  const meshes = load<usize>(instances, INSTANCES_MESHES);
  headers = alloc((<usize>count) << 2, 16);
  if (!headers) return ERROR_OUT_OF_MEMORY;
  let nodes = 0;
  for (let i = 0; i < count; i++) {
    const mesh = meshes + ((<usize>i) << 3);
    const first = load<i32>(mesh);
    const built = build(positions, indices, first, first + load<i32>(mesh, 4), 0);
    if (built < 0) return built;
    nodes += built;
    store<u32>(headers + ((<usize>i) << 2), built ? <u32>builtHeader : 0);
  }
  return nodes;
}

function headerOf(instances: usize, instance: i32): usize {
  const mesh = load<u32>(load<usize>(instances, INSTANCES_MESH_NUMBERS) + ((<usize>instance) << 2));
  return <usize>load<u32>(headers + ((<usize>mesh) << 2));
}

function transformOf(instances: usize, instance: i32): usize {
  return load<usize>(instances, INSTANCES_TRANSFORMS) + <usize>instance * TRANSFORM_BYTES;
}

/** The tree over the instances and over what hangs below the world's root. @returns the number of nodes, or a negative error */
function buildTop(instances: usize, count: i32, root: usize): i32 {
  if (!beginInstances(count + WIDTH)) return ERROR_OUT_OF_MEMORY;
  const scale = sceneScale;
  let to = references;
  for (let i = 0; i < count; i++) {
    const header = headerOf(instances, i);
    if (!header) continue;
    const record = records + <usize>i * INSTANCE_BYTES;
    boxOf(transformOf(instances, i), header);
    if (!writeInstance(record, transformOf(instances, i), header, scale)) continue;
    writeBoxInHand(to, scale);
    store<u32>(to, <u32>record | INSTANCE_BITS, 12);
    store<u32>(to, 0, 28);
    to += REFERENCE_BYTES;
  }
  for (let i = 0; root && i < WIDTH; i++) {
    const place = root + ((<usize>i) << 2);
    if (!load<u32>(place, NODE_CHILDREN)) continue;
    for (let axis: usize = 0; axis < 3; axis++) {
      store<f32>(to + (axis << 2), load<f32>(place + axis * 2 * PLANE_BYTES));
      store<f32>(to + (axis << 2), load<f32>(place + axis * 2 * PLANE_BYTES + PLANE_BYTES), 16);
    }
    store<u32>(to, load<u32>(place, NODE_CHILDREN), 12);
    store<u32>(to, 0, 28);
    to += REFERENCE_BYTES;
  }
  return buildOver(<i32>((to - references) / REFERENCE_BYTES), scale);
}

/** Rays are prepared with a slack for boxes in proportion to how far the bounds are: farther bounds, more slack. */
function loosen(): void {
  store<u32>(builtHeader, <u32>records, HEADER_RECORDS);
  store<u32>(builtHeader, <u32>loose, HEADER_LOOSE);
  memory.copy(loose, builtHeader, HEADER_BYTES);
  store<u32>(loose, u32(strain > COVERED_STRAIN), HEADER_IS_STRAINED);
  const lower = v128.load(builtHeader, HEADER_LOWER);
  const upper = v128.load(builtHeader, HEADER_UPPER);
  const size = f32x4.sub(upper, lower);
  const widest = max(max(f32x4.extract_lane(size, 0), f32x4.extract_lane(size, 1)), f32x4.extract_lane(size, 2));
  const more = f32x4.splat(widest * <f32>strain);
  v128.store(loose, f32x4.sub(lower, more), HEADER_LOWER);
  v128.store(loose, f32x4.add(upper, more), HEADER_UPPER);
}
