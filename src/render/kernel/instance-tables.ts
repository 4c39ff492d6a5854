/** Writes the instances of a checked scene into the kernel's memory, by the offsets of assembly/layout.ts. */
import type { FlatScene } from '../scene/index.ts';
import * as layout from './assembly/layout.ts';
import type { KernelInstance } from './instance.ts';
import { place } from './memory-tables.ts';

/** @returns the fields of the scene's record, by offset @throws KernelError `out-of-memory` */
export function placeInstances(
  kernel: KernelInstance,
  { meshes, instanceMeshes, instanceTransforms, indices }: FlatScene,
): readonly (readonly [offset: number, value: number])[] {
  const table = Uint32Array.from(
    meshes.flatMap(({ firstTriangle, triangleCount }) => [firstTriangle, triangleCount]),
  );
  const fields = [
    [layout.INSTANCES_COUNT, instanceMeshes.length],
    [layout.INSTANCES_WORLD_TRIANGLES, meshes[0]?.firstTriangle ?? indices.length / 3],
    [layout.INSTANCES_MESH_COUNT, meshes.length],
    [layout.INSTANCES_MESHES, place(kernel, table, 'meshes')],
    [layout.INSTANCES_MESH_NUMBERS, place(kernel, instanceMeshes, 'instances')],
    [layout.INSTANCES_TRANSFORMS, place(kernel, instanceTransforms, 'instances')],
  ] as const;
  return fields.map(([offset, value]) => [layout.SCENE_INSTANCES + offset, value]);
}
