/** A primitive's vertices and triangles in its own space. */
export interface LocalGeometry {
  readonly vertexCount: number;
  /** 3 floats a vertex. */
  readonly positions: Float32Array;
  /** 3 floats a vertex, unit length; or 0 where the triangle's own is meant. */
  readonly normals: Float32Array;
  /** 4 floats a vertex. */
  readonly tangents: Float32Array | undefined;
  /** 4 floats a vertex. */
  readonly colors: Float32Array | undefined;
  /** 2 floats a vertex. */
  readonly uv0: Float32Array | undefined;
  readonly uv1: Float32Array | undefined;
  /** 3 a triangle. */
  readonly indices: Uint32Array;
}
