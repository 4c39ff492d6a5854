/** Triangles, strips and fans to a plain list of corners, counter-clockwise (glTF 2.0 section 3.7.2.1). */

/** glTF 2.0 section 5.24.4: 4 triangles, 5 strip, 6 fan. */
export type TriangleMode = 4 | 5 | 6;

/** How many triangles that many corners make. */
export function triangleCount(mode: TriangleMode, corners: number): number {
  return mode === 4 ? Math.floor(corners / 3) : Math.max(corners - 2, 0);
}

export interface Corners {
  /** 3 vertex numbers a triangle, all below `vertexCount`; triangles that use a vertex twice are left out. */
  readonly corners: Uint32Array;
  /** The first number that names no vertex, and how many triangles were left out for such. */
  readonly stray: { readonly index: number; readonly vertex: number; readonly triangles: number } | undefined;
}

/** @param indices undefined: the vertices in their order */
export function triangulate(
  mode: TriangleMode,
  indices: ArrayLike<number> | undefined,
  vertexCount: number,
): Corners {
  const triangles = triangleCount(mode, indices?.length ?? vertexCount);
  const at = (corner: number): number => (indices ? (indices[corner] ?? 0) : corner);
  const list = new Uint32Array(3 * triangles);
  let length = 0;
  let stray: Corners['stray'];
  for (let i = 0; i < triangles; i++) {
    // Every other triangle of a strip is turned over, so that all face the same way.
    const turn = mode === 5 ? i % 2 : 0;
    const a = mode === 4 ? 3 * i : mode === 5 ? i : i + 1;
    const b = a + 1 + turn;
    const c = mode === 6 ? 0 : a + 2 - turn;
    const va = at(a);
    const vb = at(b);
    const vc = at(c);
    if (va >= vertexCount || vb >= vertexCount || vc >= vertexCount) {
      const index = [a, b, c].find((corner) => at(corner) >= vertexCount) ?? a;
      stray = stray
        ? { ...stray, triangles: stray.triangles + 1 }
        : { index, vertex: at(index), triangles: 1 };
      continue;
    }
    if (va === vb || vb === vc || vc === va) continue;
    list[length] = va;
    list[length + 1] = vb;
    list[length + 2] = vc;
    length += 3;
  }
  return { corners: list.subarray(0, length), stray };
}
