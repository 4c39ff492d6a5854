/**
 * One primitive in its own space, ready to be placed: only the vertices that its triangles use, normals of unit length
 * (flat ones where the file has none), tangents where its material has a normal map.
 */
import { SceneError } from '../errors.ts';
import type { FlatTexture } from '../format.ts';
import type { Numbers } from '../gltf/decode-accessors.ts';
import type { Primitive } from '../gltf/meshes.ts';
import { toFloats } from './attributes.ts';
import type { Deform } from './deform.ts';
import type { LocalGeometry } from './geometry.ts';
import { cross, normalised, type Vector3 } from './matrix.ts';
import { generateTangents } from './tangents.ts';
import { triangulate } from './triangulate.ts';

/**
 * @param normalMap the texture that needs tangents, if the material has one
 * @param deform the pose of its vertices; whatever is derived from positions is derived from the posed ones
 * @throws SceneError `bad-geometry`, `out-of-range`
 */
export async function localGeometry(
  primitive: Primitive,
  numbersOf: (accessor: number) => Numbers,
  normalMap: FlatTexture | undefined,
  deform: Deform = (vertices) => vertices,
): Promise<LocalGeometry> {
  const { part, mode, def } = primitive;
  const attribute = (semantic: string, components: number): Float32Array | undefined => {
    const accessor = def.attributes[semantic];
    if (accessor === undefined) return undefined;
    const floats = toFloats(numbersOf(accessor), components, `${part}.attributes.${semantic}`);
    const count = floats.length / components;
    if (vertexCount !== undefined && count !== vertexCount) {
      const reason = `has ${semantic} for ${count} vertices and POSITION for ${vertexCount}`;
      throw new SceneError('bad-geometry', part, reason);
    }
    return floats;
  };
  let vertexCount: number | undefined;
  const restPositions = attribute('POSITION', 3) ?? new Float32Array();
  vertexCount = restPositions.length / 3;
  const source = {
    colors: attribute('COLOR_0', 4),
    uv0: attribute('TEXCOORD_0', 2),
    uv1: attribute('TEXCOORD_1', 2),
    ...deform({
      positions: restPositions,
      normals: attribute('NORMAL', 3),
      tangents: attribute('TANGENT', 4),
    }),
  };
  const allIndices = def.indices === undefined ? undefined : numbersOf(def.indices).array;
  const corners = withoutSlivers(triangulate(mode, allIndices, vertexCount, part), source.positions);
  // Flat normals belong to triangles, so no two triangles may share a vertex.
  const { used, indices } = source.normals ? compacted(corners, vertexCount) : unshared(corners);
  const take = (values: Float32Array | undefined, components: number, otherwise: number) =>
    values && gathered(values, components, used, otherwise);
  const positions = gathered(source.positions, 3, used, Number.NaN);
  if (!positions.every(Number.isFinite))
    throw new SceneError('bad-geometry', part, 'has positions that are no numbers');
  const geometry: LocalGeometry = {
    vertexCount: used.length,
    positions,
    normals: unitNormals(positions, take(source.normals, 3, 0), indices),
    // Without normals a file's tangents mean nothing (glTF 2.0 section 3.7.2.1).
    tangents: source.normals && normalMap ? take(source.tangents, 4, 0) : undefined,
    colors: take(source.colors, 4, 1)?.map((value) => Math.max(value, 0)),
    uv0: take(source.uv0, 2, 0),
    uv1: take(source.uv1, 2, 0),
    indices,
  };
  return normalMap && !geometry.tangents ? generateTangents(geometry, normalMap) : geometry;
}

/** Triangles without any area have no normal and are never seen. */
function withoutSlivers(corners: Uint32Array, positions: Float32Array): Uint32Array {
  let length = 0;
  for (let i = 0; i < corners.length; i += 3) {
    const [a = 0, b = 0, c = 0] = corners.subarray(i, i + 3);
    const origin = vectorAt(positions, a);
    const [x, y, z] = cross(minus(vectorAt(positions, b), origin), minus(vectorAt(positions, c), origin));
    if (x === 0 && y === 0 && z === 0) continue;
    corners.copyWithin(length, i, i + 3);
    length += 3;
  }
  return corners.subarray(0, length);
}

/** The used vertices in order of first use, and the triangles in their numbers. */
function compacted(corners: Uint32Array, vertexCount: number) {
  const places = new Uint32Array(vertexCount);
  const used = new Uint32Array(Math.min(corners.length, vertexCount));
  let count = 0;
  const indices = corners.map((vertex) => {
    if (places[vertex] === 0) {
      used[count] = vertex;
      count++;
      places[vertex] = count;
    }
    return (places[vertex] ?? 1) - 1;
  });
  return { used: used.subarray(0, count), indices };
}

function unshared(corners: Uint32Array) {
  return { used: corners, indices: corners.map((_, corner) => corner) };
}

/** The values of the used vertices; what is not finite is replaced. */
function gathered(
  values: Float32Array,
  components: number,
  used: Uint32Array,
  otherwise: number,
): Float32Array {
  const result = new Float32Array(used.length * components);
  for (let i = 0; i < used.length; i++) {
    const from = (used[i] ?? 0) * components;
    for (let c = 0; c < components; c++) {
      const value = values[from + c] ?? otherwise;
      result[i * components + c] = Number.isFinite(value) ? value : otherwise;
    }
  }
  return result;
}

/** The given normals at unit length; where one is missing or zero, that of a triangle at the vertex. */
function unitNormals(
  positions: Float32Array,
  given: Float32Array | undefined,
  indices: Uint32Array,
): Float32Array {
  const normals = new Float32Array(positions.length);
  const known = new Uint8Array(positions.length / 3);
  for (let i = 0; given && i < known.length; i++) {
    const unit = normalised(vectorAt(given, i));
    if (!unit) continue;
    normals.set(unit, 3 * i);
    known[i] = 1;
  }
  for (let corner = 0; corner < indices.length; corner++) {
    const vertex = indices[corner] ?? 0;
    if (known[vertex]) continue;
    const first = corner - (corner % 3);
    const [a, b, c] = [0, 1, 2].map((k) => vectorAt(positions, indices[first + k] ?? 0));
    const face = a && b && c && normalised(cross(minus(b, a), minus(c, a)));
    normals.set(face ?? [0, 1, 0], 3 * vertex);
    known[vertex] = face ? 1 : 0;
  }
  return normals;
}

function vectorAt(values: Float32Array, i: number): Vector3 {
  return [values[3 * i] ?? 0, values[3 * i + 1] ?? 0, values[3 * i + 2] ?? 0];
}

function minus(a: Vector3, b: Vector3): Vector3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}
