/** Triangles, strips and fans to a plain list of corners, counter-clockwise (glTF 2.0 section 3.7.2.1). */
import { SceneError } from '../errors.ts';
import type { TriangleMode } from '../gltf/meshes.ts';

/** How many triangles that many corners make. */
export function triangleCount(mode: TriangleMode, corners: number): number {
  return mode === 4 ? Math.floor(corners / 3) : Math.max(corners - 2, 0);
}

/**
 * @param indices undefined: the vertices in their order
 * @returns 3 vertex numbers a triangle, all below `vertexCount`; triangles that use a vertex twice are left out
 * @throws SceneError `out-of-range`
 */
export function triangulate(
  mode: TriangleMode,
  indices: ArrayLike<number> | undefined,
  vertexCount: number,
  part: string,
): Uint32Array {
  const corners = indices?.length ?? vertexCount;
  const triangles = triangleCount(mode, corners);
  const at = (corner: number): number => (indices ? (indices[corner] ?? 0) : corner);
  for (let corner = 0; indices && corner < corners; corner++) {
    if (at(corner) >= vertexCount) {
      const reason = `its index ${corner} names vertex ${at(corner)} of ${vertexCount}`;
      throw new SceneError('out-of-range', part, reason);
    }
  }
  const list = new Uint32Array(3 * triangles);
  let length = 0;
  for (let i = 0; i < triangles; i++) {
    const [a, b, c] =
      mode === 4 ? [3 * i, 3 * i + 1, 3 * i + 2] : mode === 5 ? stripCorners(i) : [i + 1, i + 2, 0];
    const [va, vb, vc] = [at(a), at(b), at(c)];
    if (va === vb || vb === vc || vc === va) continue;
    list[length] = va;
    list[length + 1] = vb;
    list[length + 2] = vc;
    length += 3;
  }
  return list.subarray(0, length);
}

/** Every other triangle of a strip is turned over, so that all face the same way. */
function stripCorners(i: number): [number, number, number] {
  return i % 2 === 0 ? [i, i + 1, i + 2] : [i, i + 2, i + 1];
}
