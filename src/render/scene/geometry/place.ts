/** Writes primitives into the arrays of a FlatScene, each carried to its place in the world. */
import type { LocalGeometry } from './geometry.ts';
import {
  cross,
  determinant3,
  type Matrix4,
  normalised,
  normalMatrix,
  UPWARDS,
  type Vector3,
  writeNormalised,
} from './matrix.ts';

export interface Placement {
  readonly geometry: LocalGeometry;
  readonly matrix: Matrix4;
  /** The place of its material in the FlatScene. */
  readonly material: number;
  /** For messages. */
  readonly part: string;
}

export interface WorldArrays {
  readonly positions: Float32Array;
  readonly normals: Float32Array;
  readonly tangents: Float32Array;
  readonly colors: Float32Array;
  readonly uv0: Float32Array;
  readonly uv1: Float32Array;
  readonly indices: Uint32Array;
  readonly triangleMaterials: Uint32Array;
  readonly bounds: { readonly min: Vector3; readonly max: Vector3 };
}

export interface WantedArrays {
  readonly tangents: boolean;
  readonly uv0: boolean;
  readonly uv1: boolean;
}

/** Writes those in the world, whose bounds are the result's, then those that stay in a mesh's own space. */
export function placeAll(
  inWorld: readonly Placement[],
  inMeshes: readonly Placement[],
  wanted: WantedArrays,
): WorldArrays {
  const placements = [...inWorld, ...inMeshes];
  const vertices = placements.reduce((sum, { geometry }) => sum + geometry.vertexCount, 0);
  const corners = placements.reduce((sum, { geometry }) => sum + geometry.indices.length, 0);
  const hasColors = placements.some(({ geometry }) => geometry.colors !== undefined);
  const arrays = {
    positions: new Float32Array(3 * vertices),
    normals: new Float32Array(3 * vertices),
    tangents: new Float32Array(wanted.tangents ? 4 * vertices : 0),
    colors: new Float32Array(hasColors ? 4 * vertices : 0),
    uv0: new Float32Array(wanted.uv0 ? 2 * vertices : 0),
    uv1: new Float32Array(wanted.uv1 ? 2 * vertices : 0),
    indices: new Uint32Array(corners),
    triangleMaterials: new Uint32Array(corners / 3),
  };
  let vertex = 0;
  let corner = 0;
  for (const placement of placements) {
    const { geometry, material } = placement;
    placeVertices(placement, arrays, vertex);
    placeIndices(placement, arrays.indices, corner, vertex);
    arrays.triangleMaterials.fill(material, corner / 3, (corner + geometry.indices.length) / 3);
    vertex += geometry.vertexCount;
    corner += geometry.indices.length;
  }
  const worldVertices = inWorld.reduce((sum, { geometry }) => sum + geometry.vertexCount, 0);
  return { ...arrays, bounds: boundsOf(arrays.positions.subarray(0, 3 * worldVertices)) };
}

function placeVertices(
  { geometry, matrix }: Placement,
  arrays: Omit<WorldArrays, 'bounds'>,
  start: number,
): void {
  const { vertexCount, positions, normals, tangents, colors, uv0, uv1 } = geometry;
  const forNormals = normalMatrix(matrix);
  const mirror = determinant3(matrix) < 0 ? -1 : 1;
  const [
    m0 = 0,
    m1 = 0,
    m2 = 0,
    ,
    m4 = 0,
    m5 = 0,
    m6 = 0,
    ,
    m8 = 0,
    m9 = 0,
    m10 = 0,
    ,
    x0 = 0,
    y0 = 0,
    z0 = 0,
  ] = matrix;
  const [n0 = 0, n1 = 0, n2 = 0, n3 = 0, n4 = 0, n5 = 0, n6 = 0, n7 = 0, n8 = 0] = forNormals;
  for (let i = 0; i < vertexCount; i++) {
    const to = start + i;
    const px = positions[3 * i] ?? 0;
    const py = positions[3 * i + 1] ?? 0;
    const pz = positions[3 * i + 2] ?? 0;
    arrays.positions[3 * to] = m0 * px + m4 * py + m8 * pz + x0;
    arrays.positions[3 * to + 1] = m1 * px + m5 * py + m9 * pz + y0;
    arrays.positions[3 * to + 2] = m2 * px + m6 * py + m10 * pz + z0;
    const nx = normals[3 * i] ?? 0;
    const ny = normals[3 * i + 1] ?? 0;
    const nz = normals[3 * i + 2] ?? 0;
    const ux = n0 * nx + n3 * ny + n6 * nz;
    const uy = n1 * nx + n4 * ny + n7 * nz;
    const uz = n2 * nx + n5 * ny + n8 * nz;
    const isTold = nx !== 0 || ny !== 0 || nz !== 0;
    if (isTold && !writeNormalised(ux, uy, uz, arrays.normals, 3 * to)) arrays.normals.set(UPWARDS, 3 * to);
    if (arrays.tangents.length === 0) continue;
    const normal = normalised([ux, uy, uz]) ?? UPWARDS;
    const [tx = 1, ty = 0, tz = 0, tw = 1] = tangents
      ? [tangents[4 * i], tangents[4 * i + 1], tangents[4 * i + 2], tangents[4 * i + 3]]
      : [];
    const tangent = perpendicular(
      [m0 * tx + m4 * ty + m8 * tz, m1 * tx + m5 * ty + m9 * tz, m2 * tx + m6 * ty + m10 * tz],
      normal,
    );
    arrays.tangents.set([...tangent, (tw < 0 ? -1 : 1) * mirror], 4 * to);
  }
  if (colors) arrays.colors.set(colors, 4 * start);
  else arrays.colors.fill(1, 4 * start, 4 * (start + vertexCount));
  if (uv0 && arrays.uv0.length > 0) arrays.uv0.set(uv0, 2 * start);
  if (uv1 && arrays.uv1.length > 0) arrays.uv1.set(uv1, 2 * start);
}

/** A mirroring transform turns triangles over; two corners change places to keep the front in front. */
function placeIndices(
  { geometry, matrix }: Placement,
  target: Uint32Array,
  corner: number,
  firstVertex: number,
): void {
  const { indices } = geometry;
  const mirrored = determinant3(matrix) < 0;
  for (let i = 0; i < indices.length; i += 3) {
    target[corner + i] = firstVertex + (indices[i] ?? 0);
    target[corner + i + 1] = firstVertex + (indices[i + (mirrored ? 2 : 1)] ?? 0);
    target[corner + i + 2] = firstVertex + (indices[i + (mirrored ? 1 : 2)] ?? 0);
  }
}

/** The part of the tangent at right angles to the normal, unit length; any such direction where nothing is left. */
function perpendicular(tangent: Vector3, normal: Vector3): Vector3 {
  const unit = normalised(tangent);
  if (unit) {
    const along = unit[0] * normal[0] + unit[1] * normal[1] + unit[2] * normal[2];
    const rest = normalised([
      unit[0] - along * normal[0],
      unit[1] - along * normal[1],
      unit[2] - along * normal[2],
    ]);
    if (rest) return rest;
  }
  return normalised(cross(Math.abs(normal[0]) < 0.5 ? [1, 0, 0] : [0, 1, 0], normal)) ?? [1, 0, 0];
}

/** Of the numbers among 3 a vertex; without any, lower is above upper. */
export function boundsOf(positions: ArrayLike<number>): WorldArrays['bounds'] {
  let [minX, minY, minZ] = [Infinity, Infinity, Infinity];
  let [maxX, maxY, maxZ] = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < positions.length; i += 3) {
    const x = positions[i] ?? Number.NaN;
    const y = positions[i + 1] ?? Number.NaN;
    const z = positions[i + 2] ?? Number.NaN;
    if (x < minX) minX = x;
    if (x > maxX) maxX = x;
    if (y < minY) minY = y;
    if (y > maxY) maxY = y;
    if (z < minZ) minZ = z;
    if (z > maxZ) maxZ = z;
  }
  return { min: [minX, minY, minZ], max: [maxX, maxY, maxZ] };
}
