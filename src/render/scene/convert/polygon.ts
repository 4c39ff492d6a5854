/**
 * Polygons to triangles: by cutting ears, so that dents stay dents. Small ones only are common; a polygon of thousands of corners
 * still takes less than a second.
 */

/** More corners are cut as a fan: no program writes such by hand, and the time grows with their square. */
const MOST_EARS = 4_096;

type Point = readonly [number, number];

/**
 * @param corners vertex numbers, counter-clockwise
 * @param positions 3 numbers a vertex
 * @returns 3 of the corners' places (0 .. corners.length - 1) a triangle
 */
export function triangulated(corners: readonly number[], positions: ArrayLike<number>): readonly number[] {
  const count = corners.length;
  if (count < 3) return [];
  if (count === 3) return [0, 1, 2];
  if (count > MOST_EARS) return fan(count);
  const points = flattened(corners, positions);
  const rest = points.map((_, i) => i);
  const triangles: number[] = [];
  let misses = 0;
  for (let i = 1; rest.length > 3 && misses < rest.length; ) {
    const at = i % rest.length;
    const [before, here, after] = [
      rest[(at + rest.length - 1) % rest.length] ?? 0,
      rest[at] ?? 0,
      rest[(at + 1) % rest.length] ?? 0,
    ];
    if (isEar(points, rest, before, here, after)) {
      triangles.push(before, here, after);
      rest.splice(at, 1);
      misses = 0;
    } else {
      i++;
      misses++;
    }
  }
  // What crosses itself has no ears left: any triangles are as right as others.
  for (let i = 1; i + 1 < rest.length; i++) triangles.push(rest[0] ?? 0, rest[i] ?? 0, rest[i + 1] ?? 0);
  return triangles;
}

function fan(count: number): readonly number[] {
  return Array.from({ length: count - 2 }, (_, i) => [0, i + 1, i + 2]).flat();
}

/** Onto the plane that shows most of it, counter-clockwise still. */
function flattened(corners: readonly number[], positions: ArrayLike<number>): readonly Point[] {
  const normal = [0, 0, 0];
  const at = (corner: number, axis: number): number => positions[3 * (corners[corner] ?? 0) + axis] ?? 0;
  for (let i = 0; i < corners.length; i++) {
    const next = (i + 1) % corners.length;
    for (const axis of [0, 1, 2]) {
      const [b, c] = [(axis + 1) % 3, (axis + 2) % 3];
      normal[axis] = (normal[axis] ?? 0) + (at(i, b) - at(next, b)) * (at(i, c) + at(next, c));
    }
  }
  const sizes = normal.map(Math.abs);
  const axis = sizes.indexOf(Math.max(...sizes));
  const [across, up] =
    (normal[axis] ?? 0) < 0 ? [(axis + 2) % 3, (axis + 1) % 3] : [(axis + 1) % 3, (axis + 2) % 3];
  return corners.map((_, i) => [at(i, across), at(i, up)]);
}

function isEar(points: readonly Point[], rest: readonly number[], a: number, b: number, c: number): boolean {
  if (side(points, a, b, c) <= 0) return false;
  return !rest.some(
    (other) =>
      ![a, b, c].includes(other) &&
      side(points, a, b, other) >= 0 &&
      side(points, b, c, other) >= 0 &&
      side(points, c, a, other) >= 0,
  );
}

/** Above 0 where c lies to the left of a to b. */
function side(points: readonly Point[], a: number, b: number, c: number): number {
  const [ax, ay] = points[a] ?? [0, 0];
  const [bx, by] = points[b] ?? [0, 0];
  const [cx, cy] = points[c] ?? [0, 0];
  return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
}
