/** Normals of vertices that triangles share: the mean of the triangles' own, by their areas. */

/** @param indices 3 a triangle @returns 3 floats a vertex; zero where there is no triangle */
export function smoothNormals(positions: Float32Array, indices: Uint32Array): Float32Array {
  const normals = new Float64Array(positions.length);
  for (let i = 0; i + 2 < indices.length; i += 3) {
    const [a, b, c] = [3 * (indices[i] ?? 0), 3 * (indices[i + 1] ?? 0), 3 * (indices[i + 2] ?? 0)];
    const edge = (to: number, axis: number): number =>
      (positions[to + axis] ?? 0) - (positions[a + axis] ?? 0);
    for (const axis of [0, 1, 2]) {
      const [j, k] = [(axis + 1) % 3, (axis + 2) % 3];
      const normal = edge(b, j) * edge(c, k) - edge(b, k) * edge(c, j);
      for (const vertex of [a, b, c]) normals[vertex + axis] = (normals[vertex + axis] ?? 0) + normal;
    }
  }
  const unit = new Float32Array(normals.length);
  for (let i = 0; i < normals.length; i += 3) {
    const [x = 0, y = 0, z = 0] = normals.subarray(i, i + 3);
    const length = Math.sqrt(x * x + y * y + z * z);
    if (length > 0) unit.set([x / length, y / length, z / length], i);
  }
  return unit;
}
