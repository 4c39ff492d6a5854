/**
 * One primitive in its own space, ready to be placed: only the vertices that its triangles use, normals of unit length
 * (flat ones where the file has none, unless it is very large), tangents where its material has a normal map. Points and lines become little bodies.
 */
import { SceneError } from '../errors.ts';
import type { FlatTexture } from '../format.ts';
import type { Numbers } from '../gltf/accessors.ts';
import type { Primitive } from '../gltf/meshes.ts';
import { MOST_FLAT_TRIANGLES } from '../limits.ts';
import { Warnings } from '../warnings.ts';
import { toColors, toFloats } from './attributes.ts';
import type { Deform } from './deform.ts';
import type { LocalGeometry } from './geometry.ts';
import { type MarkMode, type Marks, marksOf } from './marks.ts';
import { UPWARDS, writeNormalised } from './matrix.ts';
import { areNormalsTurned, faceNormal, withNormalsTurned } from './orientation.ts';
import { Distances, distanceOf } from './strays.ts';
import { generateTangents } from './tangents.ts';
import { triangulate } from './triangulate.ts';

export interface GeometryNeeds {
  readonly numbersOf: (accessor: number) => Numbers;
  readonly warnings: Warnings;
  /** The texture that needs tangents, if the material has one. */
  readonly normalMap: FlatTexture | undefined;
  /** The pose of its vertices; whatever is derived from positions is derived from the posed ones. */
  readonly deform: Deform | undefined;
  /** Factor on the radius of points and lines. */
  readonly markSize: number;
}

/** As the file has it: vertices and what belongs to each. */
interface Source {
  readonly positions: Float32Array;
  readonly normals: Float32Array | undefined;
  readonly tangents: Float32Array | undefined;
  readonly colors: Float32Array | undefined;
  readonly uv0: Float32Array | undefined;
  readonly uv1: Float32Array | undefined;
}

/** The vertices to be taken, the triangles in their numbers, and whether normals are told. */
interface Compact {
  readonly used: Uint32Array;
  readonly indices: Uint32Array;
  readonly hasNormals: boolean;
}

/** What is wrong with single triangles or attributes costs those only. @throws SceneError `bad-geometry`, `out-of-range` */
export async function localGeometry(primitive: Primitive, needs: GeometryNeeds): Promise<LocalGeometry> {
  const source = readSource(primitive, needs);
  const { indices, mode } = primitive;
  const elements = indices === undefined ? undefined : needs.numbersOf(indices).array;
  if (mode < 4) return markGeometry(mode as MarkMode, source, elements, primitive.part, needs);
  const corners = drawnCorners(primitive, source.positions, elements, needs.warnings);
  // Flat normals belong to triangles, so no two triangles may share a vertex; tangents need normals.
  const isFlat =
    !source.normals && (needs.normalMap !== undefined || corners.length <= 3 * MOST_FLAT_TRIANGLES);
  const shared = isFlat ? unshared(corners) : compacted(corners, source.positions.length / 3);
  const compact = { ...shared, hasNormals: isFlat || source.normals !== undefined };
  const geometry = gatheredGeometry(source, compact, needs.normalMap !== undefined);
  const facing =
    source.normals && areNormalsTurned(geometry, geometry.normals) ? withNormalsTurned(geometry) : geometry;
  return needs.normalMap && !facing.tangents ? generateTangents(facing, needs.normalMap) : facing;
}

function readSource(
  { part, attributes, idle }: Primitive,
  { numbersOf, warnings, deform }: GeometryNeeds,
): Source {
  const { POSITION: position = -1 } = attributes;
  const positions = toFloats(numbersOf(position), 3, `${part}.attributes.POSITION`);
  const vertexCount = positions.length / 3;
  const optional = (
    semantic: string,
    components: number,
    read: (numbers: Numbers, components: number, part: string) => Float32Array = toFloats,
  ): Float32Array | undefined => {
    const accessor = attributes[semantic];
    if (accessor === undefined) return undefined;
    const checked = (): Float32Array => {
      const floats = read(numbersOf(accessor), components, `${part}.attributes.${semantic}`);
      const count = floats.length / components;
      if (count === vertexCount) return floats;
      const reason = `has ${semantic} for ${count} vertices and POSITION for ${vertexCount}`;
      throw new SceneError('bad-geometry', part, reason);
    };
    if (!idle.has(semantic)) return warnings.salvage(checked, undefined);
    return new Warnings().salvage(checked, undefined);
  };
  const normals = optional('NORMAL', 3);
  const source = {
    ...{ positions, normals, tangents: optional('TANGENT', 4) },
    colors: optional('COLOR_0', 4, toColors),
    uv0: optional('TEXCOORD_0', 2),
    uv1: optional('TEXCOORD_1', 2),
  };
  return deform ? { ...source, ...deform(source) } : source;
}

/** The corners of the triangles that can be drawn. @throws SceneError where there were some and none can */
function drawnCorners(
  { mode, part }: Primitive,
  positions: Float32Array,
  elements: ArrayLike<number> | undefined,
  warnings: Warnings,
): Uint32Array {
  if (mode < 4) return new Uint32Array();
  const { corners, stray } = triangulate(mode as 4 | 5 | 6, elements, positions.length / 3);
  if (stray) {
    const reason = `its index ${stray.index} names vertex ${stray.vertex} of ${positions.length / 3}`;
    const consequence = `${stray.triangles} of its triangles are left out`;
    warnings.excuse(new SceneError('out-of-range', part, reason), consequence);
  }
  const finite = withFinitePositions(corners, positions);
  const lost = (corners.length - finite.length) / 3;
  if (lost > 0) {
    const reason = 'has positions that are no numbers';
    warnings.excuse(new SceneError('bad-geometry', part, reason), `${lost} of its triangles are left out`);
  }
  return withoutSlivers(withoutStrays(finite, positions, part, warnings), positions);
}

function gatheredGeometry(
  source: Source,
  { used, indices, hasNormals }: Compact,
  needsTangents: boolean,
): LocalGeometry {
  const take = (values: Float32Array | undefined, components: number, otherwise: number) =>
    values && gathered(values, components, used, otherwise);
  const positions = gathered(source.positions, 3, used, 0);
  return {
    vertexCount: used.length,
    positions,
    normals: hasNormals
      ? unitNormals(positions, take(source.normals, 3, 0), indices)
      : new Float32Array(positions.length),
    // Without normals a file's tangents mean nothing (glTF 2.0 section 3.7.2.1).
    tangents: source.normals && needsTangents ? take(source.tangents, 4, 0) : undefined,
    colors: take(source.colors, 4, 1),
    uv0: take(source.uv0, 2, 0),
    uv1: take(source.uv1, 2, 0),
    indices,
  };
}

/** @throws SceneError `out-of-range` where an index names no vertex */
function markGeometry(
  mode: MarkMode,
  source: Source,
  elements: ArrayLike<number> | undefined,
  part: string,
  { warnings, markSize, normalMap }: GeometryNeeds,
): LocalGeometry {
  const vertexCount = source.positions.length / 3;
  const order = Uint32Array.from(elements ?? { length: vertexCount }, (value: number | undefined, i) =>
    elements ? (value ?? 0) : i,
  );
  if (order.some((vertex) => vertex >= vertexCount)) {
    throw new SceneError('out-of-range', part, `has an index that names no vertex of its ${vertexCount}`);
  }
  const marks: Marks = marksOf(mode, source.positions, order, markSize);
  if (marks.every > 1) {
    const share = `one in ${marks.every} of its ${mode === 0 ? 'points' : 'lines'}`;
    warnings.add(`${part} has too many to draw all: ${share} is drawn`);
  }
  const take = (values: Float32Array | undefined, components: number, otherwise: number) =>
    values && gathered(values, components, marks.origins, otherwise);
  const { positions, normals, indices, origins } = marks;
  return {
    ...{ vertexCount: origins.length, positions, normals, indices },
    // A little body has no grain; any tangent will do.
    tangents: normalMap && new Float32Array(4 * origins.length),
    colors: take(source.colors, 4, 1),
    uv0: take(source.uv0, 2, 0),
    uv1: take(source.uv1, 2, 0),
  };
}

/** Without the triangles that reach out so far that nothing else would be seen. */
function withoutStrays(
  corners: Uint32Array,
  positions: Float32Array,
  part: string,
  warnings: Warnings,
): Uint32Array {
  const distances = new Distances();
  // Indexed, as below: an iterator over millions of numbers takes several times as long.
  for (let i = 0; i < corners.length; i++) distances.add(distanceOf(positions, corners[i] ?? 0), 1);
  const { isAstray } = distances;
  if (!isAstray) return corners;
  const kept = triangles(corners, (vertex) => !isAstray(distanceOf(positions, vertex)));
  const lost = (corners.length - kept.length) / 3;
  warnings.add(`${part}: ${lost} of its triangles are a trillion times farther away than the rest; left out`);
  return kept;
}

/** The triangles of which every vertex passes. */
function triangles(corners: Uint32Array, passes: (vertex: number) => boolean): Uint32Array {
  const kept = corners.slice();
  let length = 0;
  for (let i = 0; i < corners.length; i += 3) {
    const triangle = corners.subarray(i, i + 3);
    if (!triangle.every(passes)) continue;
    kept.set(triangle, length);
    length += 3;
  }
  return kept.subarray(0, length);
}

function withFinitePositions(corners: Uint32Array, positions: Float32Array): Uint32Array {
  // A sum sticks to NaN and infinity; most meshes need no second look.
  let sum = 0;
  for (let i = 0; i < positions.length; i++) sum += positions[i] ?? 0;
  if (Number.isFinite(sum)) return corners;
  return triangles(corners, (vertex) => Number.isFinite(distanceOf(positions, vertex)));
}

/** Triangles without any area have no normal and are never seen. */
function withoutSlivers(corners: Uint32Array, positions: Float32Array): Uint32Array {
  let length = 0;
  for (let i = 0; i < corners.length; i += 3) {
    const normal = faceNormal(positions, corners, i);
    if (normal[0] === 0 && normal[1] === 0 && normal[2] === 0) continue;
    for (let k = i; k < i + 3; k++) corners[length++] = corners[k] ?? 0;
  }
  return corners.subarray(0, length);
}

/** The used vertices in order of first use, and the triangles in their numbers. */
function compacted(corners: Uint32Array, vertexCount: number) {
  const places = new Uint32Array(vertexCount);
  const used = new Uint32Array(Math.min(corners.length, vertexCount));
  let count = 0;
  const indices = new Uint32Array(corners.length);
  for (let i = 0; i < corners.length; i++) {
    const vertex = corners[i] ?? 0;
    if (places[vertex] === 0) {
      used[count] = vertex;
      count++;
      places[vertex] = count;
    }
    indices[i] = (places[vertex] ?? 1) - 1;
  }
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
  for (let at = 0; given && at < normals.length; at += 3) {
    const isKnown = writeNormalised(given[at] ?? 0, given[at + 1] ?? 0, given[at + 2] ?? 0, normals, at);
    if (isKnown) known[at / 3] = 1;
  }
  for (let i = 0; i < indices.length; i += 3) {
    if (known[indices[i] ?? 0] && known[indices[i + 1] ?? 0] && known[indices[i + 2] ?? 0]) continue;
    const [x, y, z] = faceNormal(positions, indices, i);
    for (let corner = i; corner < i + 3; corner++) {
      const vertex = indices[corner] ?? 0;
      if (known[vertex]) continue;
      if (writeNormalised(x, y, z, normals, 3 * vertex)) known[vertex] = 1;
      else normals.set(UPWARDS, 3 * vertex);
    }
  }
  return normals;
}
