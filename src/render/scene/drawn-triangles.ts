/** How many triangles a picture shows: those of the world once, those of a mesh wherever it stands. */
import type { FlatScene } from './format.ts';

/** Triangles of a scene, those of each instance counted. */
export function drawnTriangles({
  indices,
  meshes,
  instanceMeshes,
}: Pick<FlatScene, 'indices' | 'meshes' | 'instanceMeshes'>): number {
  let triangles = meshes[0]?.firstTriangle ?? indices.length / 3;
  for (const mesh of instanceMeshes) triangles += meshes[mesh]?.triangleCount ?? 0;
  return triangles;
}
