/** A world that is far from its origin, moved to it: meshes, cameras, lamps and joints together. */
import { SceneError } from '../errors.ts';
import { toFloats } from '../geometry/attributes.ts';
import { type Box, farOrigin, movedBy, placedBox, unionOf } from '../geometry/far-origin.ts';
import { IDENTITY, type Matrix4 } from '../geometry/matrix.ts';
import { boundsOf } from '../geometry/place.ts';
import type { Numbers } from './accessors.ts';
import type { Mesh } from './meshes.ts';
import { jointMatrices, type Skin } from './skins.ts';
import type { MeshInstance, World } from './world.ts';

interface Parts {
  readonly meshes: readonly Mesh[];
  readonly skins: readonly (Skin | undefined)[];
  readonly numbersOf: (accessor: number) => Numbers;
}

/**
 * @param rest where every node stands while nothing is animated: the origin is the same at all moments, as is a view that someone chose
 */
export function nearOrigin(world: World, rest: readonly Matrix4[], parts: Parts): World {
  const own = parts.meshes.map((mesh) => ownBox(mesh, parts));
  const boxes = world.meshes.flatMap((instance) => {
    const box = own[instance.mesh];
    return box ? [placedBox(box, restMatrix(instance, rest, parts))] : [];
  });
  const origin = farOrigin(unionOf(boxes));
  if (!origin) return world;
  const moved = <Placed extends { readonly matrix: Matrix4 }>(placed: Placed): Placed => ({
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

/** Undefined where nothing of it can be read, which is told where it would be drawn. */
function ownBox({ primitives }: Mesh, { numbersOf }: Parts): Box | undefined {
  const boxes = primitives.flatMap(({ attributes, part }) => {
    const { POSITION: accessor } = attributes;
    const box =
      accessor === undefined ? undefined : quietly(() => boundsOf(toFloats(numbersOf(accessor), 3, part)));
    return box ? [box] : [];
  });
  return boxes.length > 0 ? unionOf(boxes) : undefined;
}

/** Of a skin its first joint says where the mesh is. */
function restMatrix(
  { node, skin }: MeshInstance,
  rest: readonly Matrix4[],
  { skins, numbersOf }: Parts,
): Matrix4 {
  const bound = skin === undefined ? undefined : skins[skin];
  const joints = bound && quietly(() => jointMatrices(bound, rest, numbersOf));
  return joints?.find((joint) => joint !== undefined) ?? rest[node] ?? IDENTITY;
}

function quietly<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof SceneError) return undefined;
    throw error;
  }
}
