/**
 * Tangents for normal maps, where the file has none: MikkTSpace-compatible, which is what baking tools assume, by
 * meshoptimizer's WASM (so the same bits everywhere). They belong to corners; vertices whose corners disagree, as along
 * a mirrored seam of the texture, are split.
 */
import type { FlatTexture } from '../format.ts';
import type { LocalGeometry } from './geometry.ts';

export async function generateTangents(
  geometry: LocalGeometry,
  normalMap: FlatTexture,
): Promise<LocalGeometry> {
  const { MeshoptTangents } = await import('meshoptimizer/tangents');
  await MeshoptTangents.ready;
  const uv =
    (normalMap.texCoord === 1 ? geometry.uv1 : geometry.uv0) ?? new Float32Array(2 * geometry.vertexCount);
  const corners = MeshoptTangents.generateTangents(
    geometry.indices,
    geometry.positions,
    3,
    geometry.normals,
    3,
    transformed(uv, normalMap),
    2,
    ['Compatible'],
  );
  // MikkTSpace thinks of v as upwards; in glTF it goes down the image while a normal map's green still points up.
  for (let w = 3; w < corners.length; w += 4) corners[w] = -(corners[w] ?? 1);
  return splitByTangent(geometry, corners);
}

/** The map's own axes are those of the uv that it is sampled with. */
function transformed(uv: Float32Array, { transform }: FlatTexture): Float32Array {
  const [a, b, c, d, e, f] = transform;
  const result = new Float32Array(uv.length);
  for (let i = 0; i < uv.length; i += 2) {
    const [u = 0, v = 0] = [uv[i], uv[i + 1]];
    result[i] = a * u + b * v + c;
    result[i + 1] = d * u + e * v + f;
  }
  return result;
}

/** @param corners xyz and handedness, 4 floats a corner */
function splitByTangent(geometry: LocalGeometry, corners: Float32Array): LocalGeometry {
  /** The original vertex of each new one, and the corner that gives its tangent. */
  const origins: number[] = [];
  const givers: number[] = [];
  /** The first new vertex of each original one, and the next new vertex with the same origin: short chains. */
  const first = new Int32Array(geometry.vertexCount).fill(-1);
  const next: number[] = [];
  const indices = geometry.indices.map((vertex, corner) => {
    let place = first[vertex] ?? -1;
    while (place >= 0 && !sameTangent(corners, givers[place] ?? 0, corner)) place = next[place] ?? -1;
    if (place >= 0) return place;
    place = origins.push(vertex) - 1;
    givers.push(corner);
    next.push(first[vertex] ?? -1);
    first[vertex] = place;
    return place;
  });
  const copy = (values: Float32Array, components: number, from: readonly number[]): Float32Array => {
    const result = new Float32Array(from.length * components);
    from.forEach((source, i) => {
      result.set(values.subarray(source * components, (source + 1) * components), i * components);
    });
    return result;
  };
  return {
    vertexCount: origins.length,
    positions: copy(geometry.positions, 3, origins),
    normals: copy(geometry.normals, 3, origins),
    tangents: copy(corners, 4, givers),
    colors: geometry.colors && copy(geometry.colors, 4, origins),
    uv0: geometry.uv0 && copy(geometry.uv0, 2, origins),
    uv1: geometry.uv1 && copy(geometry.uv1, 2, origins),
    indices,
  };
}

function sameTangent(corners: Float32Array, a: number, b: number): boolean {
  for (let c = 0; c < 4; c++) {
    if (corners[4 * a + c] !== corners[4 * b + c]) return false;
  }
  return true;
}
