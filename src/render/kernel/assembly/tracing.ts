// The integrator's door to the hierarchy in bvh/: a scene without triangles has none, and every ray misses.
import {
  buildBvh,
  buildInstancedBvh,
  traceAny as traverseAny,
  traceClosest as traverseClosest,
} from './bvh/index';
import { SCENE_INDICES, SCENE_POSITIONS } from './layout';
import { alloc } from './memory';
import { BATCH, HIT_BYTES, hits as pathHits } from './paths';
import { instanceCount, instances, scene, triangleCount, worldTriangleCount } from './scene';

/** i32 a hit of the call to `traceClosest` before, where there are instances: its instance, or -1. */
const hitInstances: usize = alloc((<usize>BATCH) << 2, 64);

/** @returns the number of nodes, or a negative error. */
export function buildHierarchy(): i32 {
  if (triangleCount() == 0) return 0;
  const positions = load<usize>(scene, SCENE_POSITIONS);
  const indices = load<usize>(scene, SCENE_INDICES);
  if (instanceCount() > 0) return buildInstancedBvh(positions, indices, instances);
  return buildBvh(positions, indices, worldTriangleCount());
}

/** The instance of one of the batch's `hits`, until rays are traced again; -1: it is in the world itself. */
export function instanceOf(hit: usize): i32 {
  return instanceCount() > 0 ? load<i32>(hitInstances + ((hit - pathHits) >> 2)) : -1;
}

export function traceClosest(rays: usize, hits: usize, count: u32): void {
  if (triangleCount() == 0) missAll(hits, count);
  else traverseClosest(rays, hits, count, hitInstances);
}

export function traceAny(rays: usize, hits: usize, count: u32): void {
  if (triangleCount() == 0) missAll(hits, count);
  else traverseAny(rays, hits, count);
}

function missAll(hits: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    store<f32>(hits + <usize>i * HIT_BYTES, Infinity);
    store<i32>(hits + <usize>i * HIT_BYTES, -1, 12);
  }
}
