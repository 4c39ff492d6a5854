/** For tests only: every triangle of a FlatScene in the world, instances unrolled, and a ray against all of them in doubles. */
import type { FlatScene } from '../../scene/index.ts';
import { add, cross, dot, scale, sub, unit, type Vec } from './naive-vector.ts';

export interface NaiveTriangle {
  readonly a: Vec;
  readonly edge1: Vec;
  readonly edge2: Vec;
  /** Unit length, the front. */
  readonly normal: Vec;
  readonly material: number;
  /** uv0 of the three corners. */
  readonly uv: readonly (readonly [number, number])[];
  /** RGBA of the three corners. */
  readonly colors: readonly (readonly [number, number, number, number])[];
}

export interface NaiveHit {
  readonly triangle: NaiveTriangle;
  readonly t: number;
  readonly u: number;
  readonly v: number;
}

export function unrolled(scene: FlatScene): readonly NaiveTriangle[] {
  const first = scene.meshes[0]?.firstTriangle ?? scene.indices.length / 3;
  const triangles = range(0, first).map((i) => triangleOf(scene, i, (p) => p, false));
  scene.instanceMeshes.forEach((meshIndex, i) => {
    const mesh = scene.meshes[meshIndex];
    if (!mesh) return;
    const row = (r: number): Vec => {
      const at = 12 * i + 4 * r;
      const { instanceTransforms: m } = scene;
      return [m[at] ?? 0, m[at + 1] ?? 0, m[at + 2] ?? 0];
    };
    const shift: Vec = [
      scene.instanceTransforms[12 * i + 3] ?? 0,
      scene.instanceTransforms[12 * i + 7] ?? 0,
      scene.instanceTransforms[12 * i + 11] ?? 0,
    ];
    const place = (p: Vec): Vec => add([dot(row(0), p), dot(row(1), p), dot(row(2), p)], shift);
    const isMirrored = dot(cross(row(0), row(1)), row(2)) < 0;
    for (const t of range(mesh.firstTriangle, mesh.triangleCount)) {
      triangles.push(triangleOf(scene, t, place, isMirrored));
    }
  });
  return triangles;
}

const range = (first: number, count: number): number[] => Array.from({ length: count }, (_, i) => first + i);

function triangleOf(scene: FlatScene, index: number, place: (p: Vec) => Vec, flip: boolean): NaiveTriangle {
  const corners = [0, 1, 2].map((k) => scene.indices[3 * index + k] ?? 0);
  const [a, b, c] = corners.map((v): Vec => {
    const { positions: p } = scene;
    return place([p[3 * v] ?? 0, p[3 * v + 1] ?? 0, p[3 * v + 2] ?? 0]);
  });
  if (!a || !b || !c) throw new Error('a triangle has three corners');
  const edge1 = sub(b, a);
  const edge2 = sub(c, a);
  const normal = unit(cross(edge1, edge2));
  return {
    ...{ a, edge1, edge2 },
    normal: flip ? scale(normal, -1) : normal,
    material: scene.triangleMaterials[index] ?? 0,
    uv: corners.map((v) => [scene.uv0[2 * v] ?? 0, scene.uv0[2 * v + 1] ?? 0]),
    colors: corners.map((v) => {
      const { colors } = scene;
      if (colors.length === 0) return [1, 1, 1, 1];
      return [colors[4 * v] ?? 1, colors[4 * v + 1] ?? 1, colors[4 * v + 2] ?? 1, colors[4 * v + 3] ?? 1];
    }),
  };
}

/** Of each triangle its corner and its two edges, in one piece. */
export function packed(triangles: readonly NaiveTriangle[]): Float64Array {
  return Float64Array.from(triangles.flatMap(({ a, edge1, edge2 }) => [...a, ...edge1, ...edge2]));
}

/**
 * T. Moeller and B. Trumbore (1997), all triangles, nearest hit beyond a hair. Written out, over `packed` ones: this is all that takes
 * time.
 */
export function nearest(
  triangles: readonly NaiveTriangle[],
  corners: Float64Array,
  [ox, oy, oz]: Vec,
  [dx, dy, dz]: Vec,
): NaiveHit | undefined {
  let found = -1;
  let closest = Number.POSITIVE_INFINITY;
  let hitU = 0;
  let hitV = 0;
  const at = (i: number): number => corners[i] as number; // all below are within it
  for (let i = 0; i < corners.length; i += 9) {
    const bx = at(i + 3);
    const by = at(i + 4);
    const bz = at(i + 5);
    const cx = at(i + 6);
    const cy = at(i + 7);
    const cz = at(i + 8);
    const px = dy * cz - dz * cy;
    const py = dz * cx - dx * cz;
    const pz = dx * cy - dy * cx;
    const inverse = 1 / (bx * px + by * py + bz * pz);
    const sx = ox - at(i);
    const sy = oy - at(i + 1);
    const sz = oz - at(i + 2);
    const u = (sx * px + sy * py + sz * pz) * inverse;
    if (!(u >= 0 && u <= 1)) continue;
    const qx = sy * bz - sz * by;
    const qy = sz * bx - sx * bz;
    const qz = sx * by - sy * bx;
    const v = (dx * qx + dy * qy + dz * qz) * inverse;
    if (!(v >= 0 && u + v <= 1)) continue;
    const t = (cx * qx + cy * qy + cz * qz) * inverse;
    if (t > 1e-7 && t < closest) {
      found = i / 9;
      closest = t;
      hitU = u;
      hitV = v;
    }
  }
  const triangle = triangles[found];
  return triangle && { triangle, t: closest, u: hitU, v: hitV };
}
