// The scene's tables as the kernel reads them. Everything about a scene hangs off one record in memory rather than off
// globals, so that several instances over one shared memory could use one scene.
import {
  INSTANCES_COUNT,
  INSTANCES_WORLD_TRIANGLES,
  MATERIAL_STRIDE,
  SCENE_BYTES,
  SCENE_INDICES,
  SCENE_INSTANCES,
  SCENE_MATERIALS,
  SCENE_POSITIONS,
  SCENE_TRIANGLE_COUNT,
  SCENE_TRIANGLE_MATERIALS,
} from './layout';
import { alloc } from './memory';
import { add, load3, scale } from './vector';

/** The scene record: TypeScript writes it, then calls `finishScene`. All zero: no scene. */
export const scene: usize = alloc(SCENE_BYTES, 16);

export function triangleCount(): u32 {
  return load<u32>(scene, SCENE_TRIANGLE_COUNT);
}

/** The part of it about instances. */
export const instances: usize = scene + SCENE_INSTANCES;

export function instanceCount(): u32 {
  return load<u32>(instances, INSTANCES_COUNT);
}

/** Triangles that are in world space; those after them are in their meshes'. */
export function worldTriangleCount(): u32 {
  return load<u32>(instances, INSTANCES_WORLD_TRIANGLES);
}

/** Address of the triangle's three vertex numbers. */
export function cornersOf(triangle: u32): usize {
  return load<usize>(scene, SCENE_INDICES) + <usize>triangle * 12;
}

export function positionAt(vertex: u32): usize {
  return load<usize>(scene, SCENE_POSITIONS) + <usize>vertex * 12;
}

export function positionOf(vertex: u32): v128 {
  return load3(positionAt(vertex));
}

/** Address of the triangle's material record. */
export function materialOf(triangle: u32): usize {
  const number = load<u32>(load<usize>(scene, SCENE_TRIANGLE_MATERIALS) + <usize>triangle * 4);
  return load<usize>(scene, SCENE_MATERIALS) + <usize>number * MATERIAL_STRIDE;
}

/** a + (b - a) u + (c - a) v, the value inside a triangle of what its corners have. */
export function interpolate(a: v128, b: v128, c: v128, u: f32, v: f32): v128 {
  return add(add(scale(a, <f32>1 - u - v), scale(b, u)), scale(c, v));
}
