/**
 * Which way surfaces face. Exports from left-handed programs turn closed bodies inside out, and some carry normals that point
 * against the winding of their triangles. A rasterizer shows either nearly as meant; a path tracer would look into a dark box, or
 * light the wrong side.
 */
import type { LocalGeometry } from './geometry.ts';

/** Share of the triangles that must disagree with the normals before the normals are taken for turned. */
const CLEARLY = 0.9;
/** Cosines below are no statement: cards of foliage carry normals across themselves on purpose. */
const LEAST_COSINE = 0.1;

type Vector3 = readonly [number, number, number];
type Faces = Pick<LocalGeometry, 'positions' | 'indices'>;

/** Whether (nearly) all normals point to the side that the corners run clockwise on. */
export function areNormalsTurned({ positions, indices }: Faces, normals: Float32Array): boolean {
  let [against, clear] = [0, 0];
  for (let i = 0; i < indices.length; i += 3) {
    const [x, y, z] = faceNormal(positions, indices, i);
    let [nx, ny, nz] = [0, 0, 0];
    for (let k = i; k < i + 3; k++) {
      const at = 3 * (indices[k] ?? 0);
      nx += normals[at] ?? 0;
      ny += normals[at + 1] ?? 0;
      nz += normals[at + 2] ?? 0;
    }
    const dot = x * nx + y * ny + z * nz;
    const lengths = Math.sqrt((x * x + y * y + z * z) * (nx * nx + ny * ny + nz * nz));
    if (!(Math.abs(dot) > LEAST_COSINE * lengths)) continue;
    clear++;
    if (dot < 0) against++;
  }
  return clear > 0 && against >= CLEARLY * clear;
}

/** Closed, with the fronts of all triangles inside. */
export function isInsideOut(faces: Faces): boolean {
  return enclosedVolume(faces) < 0 && isClosed(faces);
}

/** The same surface with its fronts, and its normals, on the other side. */
export function turned(geometry: LocalGeometry): LocalGeometry {
  const indices = geometry.indices.slice();
  for (let i = 0; i + 2 < indices.length; i += 3) {
    const second = indices[i + 1] ?? 0;
    indices[i + 1] = indices[i + 2] ?? 0;
    indices[i + 2] = second;
  }
  return withNormalsTurned({ ...geometry, indices });
}

/** Tangents keep their place in the picture: with the normal their handedness changes. */
export function withNormalsTurned(geometry: LocalGeometry): LocalGeometry {
  const tangents = geometry.tangents?.slice();
  for (let w = 3; tangents && w < tangents.length; w += 4) tangents[w] = -(tangents[w] ?? 1);
  return { ...geometry, normals: geometry.normals.map((value) => 0 - value), tangents };
}

/** Of the triangle whose first corner is `i`, as long as twice its area. */
export function faceNormal(positions: Float32Array, indices: Uint32Array, i: number): Vector3 {
  const a = 3 * (indices[i] ?? 0);
  const b = 3 * (indices[i + 1] ?? 0);
  const c = 3 * (indices[i + 2] ?? 0);
  const ax = positions[a] ?? 0;
  const ay = positions[a + 1] ?? 0;
  const az = positions[a + 2] ?? 0;
  const ux = (positions[b] ?? 0) - ax;
  const uy = (positions[b + 1] ?? 0) - ay;
  const uz = (positions[b + 2] ?? 0) - az;
  const vx = (positions[c] ?? 0) - ax;
  const vy = (positions[c + 1] ?? 0) - ay;
  const vz = (positions[c + 2] ?? 0) - az;
  return [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
}

/** Six times the volume to the left of all faces, seen from the first vertex; of an open surface a mere number. */
function enclosedVolume({ positions, indices }: Faces): number {
  const [ox = 0, oy = 0, oz = 0] = positions;
  let volume = 0;
  for (let i = 0; i < indices.length; i += 3) {
    const at = 3 * (indices[i] ?? 0);
    const [x, y, z] = faceNormal(positions, indices, i);
    volume +=
      ((positions[at] ?? 0) - ox) * x +
      ((positions[at + 1] ?? 0) - oy) * y +
      ((positions[at + 2] ?? 0) - oz) * z;
  }
  return volume;
}

/**
 * Whether every edge is walked as often one way as the other: each adds a hash of its ends, or takes it away, and two such sums
 * are zero. Vertices at one place count as one.
 */
function isClosed({ positions, indices }: Faces): boolean {
  const ids = welded(positions);
  let [first, second] = [0, 0];
  for (let i = 0; i < indices.length; i += 3) {
    for (let k = 0; k < 3; k++) {
      const from = ids[indices[i + k] ?? 0] ?? 0;
      const to = ids[indices[i + ((k + 1) % 3)] ?? 0] ?? 0;
      const [low, high, sign] = from < to ? [from, to, 1] : [to, from, -1];
      first = (first + sign * scrambled(Math.imul(low, 0x9e3779b1) ^ high)) | 0;
      second = (second + sign * scrambled(Math.imul(high, 0x85ebca6b) ^ low)) | 0;
    }
  }
  return first === 0 && second === 0;
}

/** The finalizer of MurmurHash3. */
function scrambled(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}

/** One number for each place: the first vertex that stands there. */
function welded(positions: Float32Array): Uint32Array {
  const count = positions.length / 3;
  const size = 2 ** Math.ceil(Math.log2(2 * count + 2));
  const table = new Int32Array(size).fill(-1);
  // Adding zero makes -0 the same as 0.
  const bits = new Int32Array(positions.map((value) => value + 0).buffer);
  const same = (a: number, b: number): boolean =>
    bits[3 * a] === bits[3 * b] && bits[3 * a + 1] === bits[3 * b + 1] && bits[3 * a + 2] === bits[3 * b + 2];
  return Uint32Array.from({ length: count }, (_, i) => {
    const hash = scrambled(
      (bits[3 * i] ?? 0) ^ scrambled((bits[3 * i + 1] ?? 0) ^ scrambled(bits[3 * i + 2] ?? 0)),
    );
    let slot = hash & (size - 1);
    for (let found = table[slot] ?? -1; found >= 0; found = table[slot] ?? -1) {
      if (same(found, i)) return found;
      slot = (slot + 1) & (size - 1);
    }
    table[slot] = i;
    return i;
  });
}
