/**
 * Scenes far from the origin of their coordinates: a scan in metres of a national grid, a model where its city lies. Single
 * precision has 24 bits; five thousand kilometres out its steps are half a metre. Such a scene is moved to the origin while its
 * numbers are still doubles.
 */
import type { Matrix4, Vector3 } from './matrix.ts';
import { boundsOf } from './place.ts';

/** Sizes of the scene that it may be away: 14 bits are left for the places in it, more than a picture has pixels. */
const FARTHEST = 1024;

export interface Box {
  readonly min: Vector3;
  readonly max: Vector3;
}

/** What to take from all places; undefined: the scene is near enough, or nobody can say. */
export function farOrigin({ min, max }: Box): Vector3 | undefined {
  const middle = (axis: 0 | 1 | 2): number => (min[axis] + max[axis]) / 2;
  const origin: Vector3 = [middle(0), middle(1), middle(2)];
  const size = Math.max(max[0] - min[0], max[1] - min[1], max[2] - min[2]);
  const distance = Math.max(...origin.map(Math.abs));
  // Of one point, too; and false where there is nothing, or no number.
  return distance > FARTHEST * size && Number.isFinite(distance) ? origin : undefined;
}

/** Around the box after it was carried to its place. */
export function placedBox({ min, max }: Box, matrix: Matrix4): Box {
  const middle = min.map((value, axis) => (value + (max[axis] ?? 0)) / 2);
  const half = min.map((value, axis) => ((max[axis] ?? 0) - value) / 2);
  const along = (axis: number, vector: readonly number[], part: (value: number) => number): number =>
    vector.reduce((sum, value, k) => sum + part(matrix[4 * k + axis] ?? 0) * value, 0);
  const edge = (axis: number, side: number): number =>
    along(axis, middle, (value) => value) + (matrix[12 + axis] ?? 0) + side * along(axis, half, Math.abs);
  return { min: [edge(0, -1), edge(1, -1), edge(2, -1)], max: [edge(0, 1), edge(1, 1), edge(2, 1)] };
}

/** Around them all. */
export function unionOf(boxes: readonly Box[]): Box {
  return boundsOf(boxes.flatMap(({ min, max }) => [...min, ...max]));
}

/** Doubles of a file that are to become floats, which are written over. @returns where their new origin lies */
export function broughtNear(positions: number[] | Float64Array): Vector3 | undefined {
  const origin = farOrigin(boundsOf(positions));
  if (origin) {
    for (let i = 0; i < positions.length; i++)
      positions[i] = (positions[i] ?? 0) - (origin[(i % 3) as 0 | 1 | 2] ?? 0);
  }
  return origin;
}

export function movedBy(matrix: Matrix4, [x, y, z]: Vector3): Matrix4 {
  const [tx = 0, ty = 0, tz = 0, w = 1] = matrix.slice(12);
  return [...matrix.slice(0, 12), tx - x, ty - y, tz - z, w];
}
