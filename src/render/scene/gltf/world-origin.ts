/** A world that is far from its origin, moved to it: meshes, cameras, lamps and joints together. */
import { movedBy } from '../geometry/far-origin.ts';
import type { Vector3 } from '../geometry/matrix.ts';
import type { World } from './world.ts';

export function movedWorld(world: World, origin: Vector3 | undefined): World {
  if (!origin) return world;
  const moved = <Placed extends { readonly matrix: World['matrices'][number] }>(placed: Placed): Placed => ({
    ...placed,
    matrix: movedBy(placed.matrix, origin),
  });
  return {
    matrices: world.matrices.map((matrix) => movedBy(matrix, origin)),
    meshes: world.meshes.map(moved),
    cameras: world.cameras.map(moved),
    lights: world.lights.map(moved),
  };
}
