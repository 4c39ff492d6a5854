// Scenes with instances for the hierarchy's tests, and the same as plain triangles in doubles.

import { type Random, uniform } from '../../../runtime/index.ts';
import type { AnyTriangles } from './brute-force.ts';
import type { Instanced, Transform, Triangles } from './kernel-under-test.ts';
import { ray } from './shapes.ts';

type Triple = readonly [number, number, number];

const MIRRORS = [1, 1, -1] as const;

/** A rotation times a scale along the mesh's axes, so 1 for all is a pure rotation; singles, as the kernel gets them. */
export function turned(random: Random, scale: Triple, place: Triple): Transform {
  const q = [0, 1, 2, 3].map(() => uniform(random) - 0.5);
  const length = Math.sqrt(q.reduce((sum, value) => sum + value * value, 0));
  const [x = 0, y = 0, z = 0, w = 0] = q.map((value) => value / length);
  const [sx, sy, sz] = scale;
  return [
    ...[(1 - 2 * (y * y + z * z)) * sx, 2 * (x * y - w * z) * sy, 2 * (x * z + w * y) * sz, place[0]],
    ...[2 * (x * y + w * z) * sx, (1 - 2 * (x * x + z * z)) * sy, 2 * (y * z - w * x) * sz, place[1]],
    ...[2 * (x * z - w * y) * sx, 2 * (y * z + w * x) * sy, (1 - 2 * (x * x + y * y)) * sz, place[2]],
  ].map(Math.fround);
}

/** A matrix of the parent, a scale along the world's axes, before that of the node: what stretches a turned mesh askew. */
export function stretched(transform: Transform, [sx, sy, sz]: Triple): Transform {
  return transform.map((value, i) => Math.fround(value * ([sx, sy, sz][i >> 2] ?? 1)));
}

export function shifted(random: Random, size: number): Triple {
  return [0, 1, 2].map(() => (uniform(random) * 2 - 1) * size) as unknown as Triple;
}

/** Scales between 2^-spread and 2^spread, one in three mirrored. */
export function unevenScale(random: Random, size: number, spread: number): Triple {
  return [0, 1, 2].map((axis) => {
    const mirror = axis === 0 ? (MIRRORS[random.uint32() % 3] ?? 1) : 1;
    return mirror * size * 2 ** ((uniform(random) * 2 - 1) * spread);
  }) as unknown as Triple;
}

/** Puts the world's triangles and those of the meshes into one table. */
export function instanced(
  world: Triangles,
  meshes: readonly Triangles[],
  instances: Instanced['instances'],
): Instanced {
  const all = [world, ...meshes];
  const positions = Float32Array.from(all.flatMap((part) => Array.from(part.positions)));
  let vertices = 0;
  const indices = all.flatMap((part) => {
    const first = vertices;
    vertices += part.positions.length / 3;
    return Array.from(part.indices, (index) => index + first);
  });
  return {
    positions,
    indices: Uint32Array.from(indices),
    worldTriangles: world.indices.length / 3,
    meshes: meshes.map((mesh) => mesh.indices.length / 3),
    instances,
  };
}

export interface Flattened extends AnyTriangles {
  /** The flattened number of a triangle of an instance, or (-1) of the world. */
  numberOf(instance: number, triangle: number): number;
  /** The other way round: instance and triangle. */
  readonly origins: readonly (readonly [instance: number, triangle: number])[];
}

/** Every triangle of every instance in the world, in doubles. */
export function flattened(scene: Instanced): Flattened {
  const positions: number[] = [];
  const origins: (readonly [number, number])[] = [];
  const firsts: number[] = [];
  const corner = (triangle: number, k: number): Triple => {
    const at = (scene.indices[triangle * 3 + k] ?? 0) * 3;
    return [scene.positions[at] ?? 0, scene.positions[at + 1] ?? 0, scene.positions[at + 2] ?? 0];
  };
  const meshFirsts: number[] = [];
  scene.meshes.reduce((first, count) => {
    meshFirsts.push(first);
    return first + count;
  }, scene.worldTriangles);
  for (let triangle = 0; triangle < scene.worldTriangles; triangle++) {
    origins.push([-1, triangle]);
    for (let k = 0; k < 3; k++) positions.push(...corner(triangle, k));
  }
  scene.instances.forEach(({ mesh, transform }, instance) => {
    firsts.push(origins.length);
    for (let i = 0; i < (scene.meshes[mesh] ?? 0); i++) {
      const triangle = (meshFirsts[mesh] ?? 0) + i;
      origins.push([instance, triangle]);
      for (let k = 0; k < 3; k++) positions.push(...carried(transform, corner(triangle, k)));
    }
  });
  return {
    positions: Float64Array.from(positions),
    indices: Uint32Array.from({ length: positions.length / 3 }, (_, i) => i),
    origins,
    numberOf: (instance, triangle) => {
      if (instance < 0) return triangle;
      const mesh = scene.instances[instance]?.mesh ?? 0;
      return (firsts[instance] ?? 0) + triangle - (meshFirsts[mesh] ?? 0);
    },
  };
}

export function carried(transform: Transform, [x, y, z]: Triple): Triple {
  return [0, 4, 8].map(
    (row) =>
      (transform[row] ?? 0) * x +
      (transform[row + 1] ?? 0) * y +
      (transform[row + 2] ?? 0) * z +
      (transform[row + 3] ?? 0),
  ) as unknown as Triple;
}

/** Rays from around the scene towards points of random triangles, or from there away. */
export function raysAt(random: Random, flat: AnyTriangles, count: number, distance: number): Float32Array[] {
  const triangles = flat.indices.length / 3;
  return Array.from({ length: count }, () => {
    const triangle = random.uint32() % triangles;
    const u = uniform(random);
    const v = uniform(random) * (1 - u);
    const aim = [0, 1, 2].map((axis) => {
      const at = (k: number) => flat.positions[(flat.indices[triangle * 3 + k] ?? 0) * 3 + axis] ?? 0;
      return at(0) * (1 - u - v) + at(1) * u + at(2) * v;
    });
    const from = shifted(random, distance * 2 ** (-8 * uniform(random)));
    const origin = aim.map((value, axis) => value + (from[axis] ?? 0)) as unknown as Triple;
    return ray(origin, from.map((value) => -value) as unknown as Triple);
  });
}
