// The integrator's door to the hierarchy in bvh/: a scene without triangles has none, and every ray misses.
import { buildBvh, traceAny as traverseAny, traceClosest as traverseClosest } from './bvh/index';
import { SCENE_INDICES, SCENE_POSITIONS } from './layout';
import { HIT_BYTES } from './paths';
import { scene, triangleCount } from './scene';

/** @returns the number of nodes, or a negative error. */
export function buildHierarchy(): i32 {
  if (triangleCount() == 0) return 0;
  return buildBvh(load<usize>(scene, SCENE_POSITIONS), load<usize>(scene, SCENE_INDICES), triangleCount());
}

export function traceClosest(rays: usize, hits: usize, count: u32): void {
  if (triangleCount() == 0) missAll(hits, count);
  else traverseClosest(rays, hits, count);
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
