// Geometry for the hierarchy's tests, all of it seeded and made without host transcendentals: the same bits everywhere.

import { type Random, uniform } from '../../../runtime/index.ts';
import type { Triangles } from './kernel-under-test.ts';

type Point = readonly [number, number, number];

export function trianglesOf(corners: readonly (readonly [Point, Point, Point])[]): Triangles {
  // Number by number: flattened as lists they take more time than all that is made of them.
  const positions = new Float32Array(corners.length * 9);
  let at = 0;
  for (const triangle of corners) {
    for (const corner of triangle) {
      positions[at++] = corner[0];
      positions[at++] = corner[1];
      positions[at++] = corner[2];
    }
  }
  return { positions, indices: new Uint32Array(corners.length * 3).map((_, i) => i) };
}

function point(random: Random, size = 1): Point {
  return [
    (uniform(random) * 2 - 1) * size,
    (uniform(random) * 2 - 1) * size,
    (uniform(random) * 2 - 1) * size,
  ];
}

function plus(a: Point, b: Point): Point {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

/** Triangles of about `size` in the cube from -1 to 1. */
export function soup(random: Random, count: number, size: number): Triangles {
  return trianglesOf(
    Array.from({ length: count }, () => {
      const at = point(random);
      return [plus(at, point(random, size)), plus(at, point(random, size)), plus(at, point(random, size))];
    }),
  );
}

/** Long triangles whose corners almost lie on a line. */
export function slivers(random: Random, count: number): Triangles {
  return trianglesOf(
    Array.from({ length: count }, () => {
      const a = point(random);
      const b = point(random);
      const s = uniform(random);
      const between: Point = [a[0] + (b[0] - a[0]) * s, a[1] + (b[1] - a[1]) * s, a[2] + (b[2] - a[2]) * s];
      return [a, b, plus(between, point(random, 10 ** (-1 - 6 * uniform(random))))];
    }),
  );
}

/** Overlapping triangles that all lie in one plane, axis-aligned when `tilt` is 0. */
export function coplanar(random: Random, count: number, tilt: number): Triangles {
  const inPlane = (): Point => {
    const [x, , z] = point(random);
    return [x, 0.25 + tilt * x, z];
  };
  return trianglesOf(Array.from({ length: count }, () => [inPlane(), inPlane(), inPlane()]));
}

/** The faces of cubes on an integer lattice: every coordinate, edge and diagonal is exact and axis-aligned. */
export function cubes(random: Random, count: number): Triangles {
  const corners: [Point, Point, Point][] = [];
  for (let i = 0; i < count; i++) {
    const at: Point = [0, 1, 2].map(() => Math.floor(uniform(random) * 6) - 3) as unknown as Point;
    for (let axis = 0; axis < 3; axis++) {
      for (const side of [0, 1]) {
        const corner = (s: number, t: number): Point => {
          const offset = [0, 0, 0];
          offset[axis] = side;
          offset[(axis + 1) % 3] = s;
          offset[(axis + 2) % 3] = t;
          return plus(at, offset as unknown as Point);
        };
        corners.push([corner(0, 0), corner(1, 0), corner(1, 1)], [corner(0, 0), corner(1, 1), corner(0, 1)]);
      }
    }
  }
  return trianglesOf(corners);
}

/** Triangles whose sizes and places run over `scales` powers of two: as deep a tree as geometry can ask for. */
export function nested(random: Random, scales: number, perScale: number): Triangles {
  const corners: [Point, Point, Point][] = [];
  for (let scale = 0; scale < scales; scale++) {
    const size = 2 ** -scale;
    for (let i = 0; i < perScale; i++) {
      const at = point(random, size);
      corners.push([at, plus(at, point(random, size)), plus(at, point(random, size))]);
    }
  }
  return trianglesOf(corners);
}

/** The same triangles `copies` times. */
export function duplicated(mesh: Triangles, copies: number): Triangles {
  const indices = new Uint32Array(mesh.indices.length * copies);
  for (let copy = 0; copy < copies; copy++) indices.set(mesh.indices, copy * mesh.indices.length);
  return { positions: mesh.positions, indices };
}

export function scaled(mesh: Triangles, scale: number, shift: Point = [0, 0, 0]): Triangles {
  return {
    positions: mesh.positions.map((value, i) => value * scale + (shift[i % 3] ?? 0)),
    indices: mesh.indices,
  };
}

/** A bumpy closed surface around the origin: a cube's faces in `side` x `side` quads, blown up to a sphere. */
export function closedSurface(side: number, bump: number): Triangles {
  const places = new Map<string, number>();
  const positions: number[] = [];
  const indices: number[] = [];
  const vertex = (lattice: readonly [number, number, number]): number => {
    const key = lattice.join();
    const known = places.get(key);
    if (known !== undefined) return known;
    const [x, y, z] = lattice.map((value) => (value / side) * 2 - 1) as unknown as Point;
    const radius = 1 + bump * (((lattice[0] * 7 + lattice[1] * 13 + lattice[2] * 29) % 11) / 11);
    const length = Math.sqrt(x * x + y * y + z * z) / radius;
    places.set(key, positions.length / 3);
    positions.push(x / length, y / length, z / length);
    return positions.length / 3 - 1;
  };
  for (let axis = 0; axis < 3; axis++) {
    for (const face of [0, side]) {
      for (let i = 0; i < side; i++) {
        for (let j = 0; j < side; j++) {
          const at = (s: number, t: number): number => {
            const lattice: [number, number, number] = [0, 0, 0];
            lattice[axis] = face;
            lattice[(axis + 1) % 3] = i + s;
            lattice[(axis + 2) % 3] = j + t;
            return vertex(lattice);
          };
          indices.push(at(0, 0), at(1, 0), at(1, 1), at(0, 0), at(1, 1), at(0, 1));
        }
      }
    }
  }
  return { positions: Float32Array.from(positions), indices: Uint32Array.from(indices) };
}

export function ray(
  origin: Point,
  direction: Point,
  tmin = 0,
  tmax = Number.POSITIVE_INFINITY,
): Float32Array {
  return Float32Array.of(...origin, tmin, ...direction, tmax);
}

export function joined(rays: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(rays.length * 8);
  rays.forEach((one, i) => {
    all.set(one, i * 8);
  });
  return all;
}

/** Rays through a cube of half size `size` around `centre`, some of them with zero direction components. */
export function randomRays(
  random: Random,
  count: number,
  size = 1,
  centre: Point = [0, 0, 0],
): Float32Array[] {
  return Array.from({ length: count }, (_, i) => {
    const direction = point(random) as [number, number, number];
    if (i % 4 === 1) direction[i % 3] = 0;
    if (i % 8 === 2) direction[(i + 1) % 3] = direction[(i + 2) % 3] = 0;
    return ray(plus(centre, point(random, size * 1.5)), direction);
  });
}
