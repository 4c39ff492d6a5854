/**
 * Points and lines as a path tracer can show them: little spheres and tubes. A cloud of a scanner has millions of points, so
 * the more there are the plainer each becomes, and beyond a number every second, third ... is drawn.
 */
import { IDENTITY, type Matrix4, normalised, type Vector3 } from './matrix.ts';

/** glTF 2.0 section 5.24.4: points, lines, line loop, line strip. */
export type MarkMode = 0 | 1 | 2 | 3;

/** Triangles for all marks of one primitive: half of what a scene may have. */
const MOST_TRIANGLES = 4_000_000;

/** Radius of a tube, as a share of the box around the lines. */
const LINE_RADIUS = 0.002;
/** Radius of a point: a third of the distance to its neighbours, if all lay evenly on one side of the box; within bounds. */
const POINT_SPACING = 0.35;
const LEAST_POINT_RADIUS = 0.0004;
const LARGEST_POINT_RADIUS = 0.01;

/** Sides of a tube; each is two triangles. */
const SIDES = 6;

export interface Marks {
  readonly positions: Float32Array;
  readonly normals: Float32Array;
  readonly indices: Uint32Array;
  /** For each vertex the one in the file that it is made of. */
  readonly origins: Uint32Array;
  /** How many of the file's marks each one drawn stands for. */
  readonly every: number;
}

interface Shape {
  readonly corners: readonly Vector3[];
  readonly faces: readonly number[];
}

const GOLDEN = (1 + Math.sqrt(5)) / 2;
const ICOSAHEDRON: Shape = {
  corners: (
    [
      [-1, GOLDEN, 0],
      [1, GOLDEN, 0],
      [-1, -GOLDEN, 0],
      [1, -GOLDEN, 0],
      [0, -1, GOLDEN],
      [0, 1, GOLDEN],
      [0, -1, -GOLDEN],
      [0, 1, -GOLDEN],
      [GOLDEN, 0, -1],
      [GOLDEN, 0, 1],
      [-GOLDEN, 0, -1],
      [-GOLDEN, 0, 1],
    ] as const
  ).map((corner) => normalised(corner) ?? [0, 0, 1]),
  faces: [
    ...[0, 11, 5, 0, 5, 1, 0, 1, 7, 0, 7, 10, 0, 10, 11, 1, 5, 9, 5, 11, 4, 11, 10, 2, 10, 7, 6, 7, 1, 8],
    ...[3, 9, 4, 3, 4, 2, 3, 2, 6, 3, 6, 8, 3, 8, 9, 4, 9, 5, 2, 4, 11, 6, 2, 10, 8, 6, 7, 9, 8, 1],
  ],
};
const OCTAHEDRON: Shape = {
  corners: [
    [1, 0, 0],
    [-1, 0, 0],
    [0, 1, 0],
    [0, -1, 0],
    [0, 0, 1],
    [0, 0, -1],
  ],
  faces: [0, 2, 4, 2, 1, 4, 1, 3, 4, 3, 0, 4, 2, 0, 5, 1, 2, 5, 3, 1, 5, 0, 3, 5],
};

/** The roundest body that so many points can have; beyond the plainest one's number not all are drawn. */
function shapeFor(points: number): Shape {
  return 20 * points <= MOST_TRIANGLES / 4 ? ICOSAHEDRON : OCTAHEDRON;
}

/** How many triangles that many elements become. */
export function markTriangles(mode: MarkMode, elements: number): number {
  if (mode === 0) {
    const triangles = shapeFor(elements).faces.length / 3;
    return (
      triangles * Math.floor((elements + strideFor(elements, triangles) - 1) / strideFor(elements, triangles))
    );
  }
  const segments = segmentCount(mode, elements);
  const stride = strideFor(segments, 2 * SIDES);
  return 2 * SIDES * Math.floor((segments + stride - 1) / stride);
}

/** How many lines that many elements are. */
export function segmentCount(mode: 1 | 2 | 3, elements: number): number {
  if (mode === 1) return elements >> 1;
  return Math.max(0, mode === 2 && elements > 2 ? elements : elements - 1);
}

function strideFor(marks: number, triangles: number): number {
  return Math.max(1, Math.ceil((marks * triangles) / MOST_TRIANGLES));
}

/**
 * @param positions 3 floats a vertex; what is not finite is not drawn
 * @param elements vertices in the order of drawing, each below their number
 * @param size factor on the usual radius
 */
export function marksOf(mode: MarkMode, positions: Float32Array, elements: Uint32Array, size: number): Marks {
  const hasPlace = (vertex: number): boolean =>
    [0, 1, 2].every((axis) => Number.isFinite(positions[3 * vertex + axis]));
  const diagonal = diagonalOf(positions, elements);
  if (mode === 0) {
    const shape = shapeFor(elements.length);
    const every = strideFor(elements.length, shape.faces.length / 3);
    const drawn = elements.filter((vertex, i) => i % every === 0 && hasPlace(vertex));
    const spacing = POINT_SPACING / Math.sqrt(Math.max(drawn.length, 1));
    const share = Math.min(Math.max(spacing, LEAST_POINT_RADIUS), LARGEST_POINT_RADIUS);
    const radius = (diagonal > 0 ? diagonal * share : 0.5) * size;
    const matrices = Array.from(drawn, (vertex) => placed(positions, vertex, radius));
    return { ...assembled(shape, drawn, matrices), every };
  }
  const segments: [number, number][] = [];
  const count = segmentCount(mode, elements.length);
  const every = strideFor(count, 2 * SIDES);
  for (let i = 0; i < count; i += every) {
    const at = mode === 1 ? 2 * i : i;
    const ends: [number, number] = [elements[at] ?? 0, elements[(at + 1) % elements.length] ?? 0];
    if (ends.every(hasPlace)) segments.push(ends);
  }
  return { ...tubes(positions, segments, diagonal * LINE_RADIUS * size), every };
}

function diagonalOf(positions: Float32Array, elements: Uint32Array): number {
  let square = 0;
  for (const axis of [0, 1, 2]) {
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const vertex of elements) {
      const value = positions[3 * vertex + axis] ?? 0;
      if (!Number.isFinite(value)) continue;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    const extent = most > least ? most - least : 0;
    square += extent * extent;
  }
  return Math.sqrt(square);
}

function placed(positions: Float32Array, vertex: number, radius: number): Matrix4 {
  const [x = 0, y = 0, z = 0] = positions.subarray(3 * vertex, 3 * vertex + 3);
  return [radius, 0, 0, 0, 0, radius, 0, 0, 0, 0, radius, 0, x, y, z, 1];
}

/** One body a vertex; a body about the origin with corners at distance 1 has them as its normals. */
function assembled(shape: Shape, drawn: Uint32Array, matrices: readonly Matrix4[]): Omit<Marks, 'every'> {
  const { corners, faces } = shape;
  const count = drawn.length * corners.length;
  const positions = new Float32Array(3 * count);
  const normals = new Float32Array(3 * count);
  const origins = new Uint32Array(count);
  const indices = new Uint32Array(drawn.length * faces.length);
  for (const [i, vertex] of drawn.entries()) {
    const [scale = 1, , , , , , , , , , , , x = 0, y = 0, z = 0] = matrices[i] ?? IDENTITY;
    for (const [k, [nx, ny, nz]] of corners.entries()) {
      const at = i * corners.length + k;
      positions.set([x + scale * nx, y + scale * ny, z + scale * nz], 3 * at);
      normals.set([nx, ny, nz], 3 * at);
      origins[at] = vertex;
    }
    for (const [k, corner] of faces.entries()) indices[i * faces.length + k] = i * corners.length + corner;
  }
  return { positions, normals, indices, origins };
}

/** cos and sin of 0, 60, 120 ... degrees. */
const HALF_ROOT = Math.sqrt(3) / 2;
const AROUND = [
  [1, 0],
  [0.5, HALF_ROOT],
  [-0.5, HALF_ROOT],
  [-1, 0],
  [-0.5, -HALF_ROOT],
  [0.5, -HALF_ROOT],
] as const;

/** A six-sided tube a segment, without lids: the next one or nothing is behind its end. */
function tubes(
  given: Float32Array,
  segments: readonly (readonly [number, number])[],
  radius: number,
): Omit<Marks, 'every'> {
  const positions: number[] = [];
  const normals: number[] = [];
  const origins: number[] = [];
  const indices: number[] = [];
  for (const [from, to] of segments) {
    const at = (vertex: number, axis: number): number => given[3 * vertex + axis] ?? 0;
    const along = normalised([at(to, 0) - at(from, 0), at(to, 1) - at(from, 1), at(to, 2) - at(from, 2)]);
    if (!along) continue;
    const [u, v] = basis(along);
    const first = origins.length;
    for (const vertex of [from, to]) {
      for (const [cos, sin] of AROUND) {
        const normal = [0, 1, 2].map((axis) => cos * (u[axis] ?? 0) + sin * (v[axis] ?? 0));
        normals.push(...normal);
        for (const axis of [0, 1, 2]) positions.push(at(vertex, axis) + radius * (normal[axis] ?? 0));
        origins.push(vertex);
      }
    }
    for (let side = 0; side < SIDES; side++) {
      const next = (side + 1) % SIDES;
      const [a, b, c, d] = [first + side, first + next, first + SIDES + side, first + SIDES + next];
      indices.push(a, b, d, a, d, c);
    }
  }
  return {
    positions: Float32Array.from(positions),
    normals: Float32Array.from(normals),
    indices: Uint32Array.from(indices),
    origins: Uint32Array.from(origins),
  };
}

/** Two unit vectors at right angles to a unit vector and each other, u x v = along. */
function basis(along: Vector3): readonly [Vector3, Vector3] {
  const [x, y, z] = along;
  const helper: Vector3 = Math.abs(x) < 0.5 ? [1, 0, 0] : [0, 1, 0];
  const u = normalised([
    helper[1] * z - helper[2] * y,
    helper[2] * x - helper[0] * z,
    helper[0] * y - helper[1] * x,
  ]) ?? [0, 1, 0];
  return [u, [y * u[2] - z * u[1], z * u[0] - x * u[2], x * u[1] - y * u[0]]];
}
