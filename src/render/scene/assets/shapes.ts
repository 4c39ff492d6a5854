/** Small meshes for the samples, as arrays that go into glTF. Build time only. */

export interface Shape {
  /** 3 floats a vertex. */
  readonly positions: Float32Array;
  /** 3 floats a vertex; undefined: flat. */
  readonly normals: Float32Array | undefined;
  /** 2 floats a vertex. */
  readonly uvs: Float32Array | undefined;
  readonly indices: Uint32Array;
}

export type Point = readonly [number, number, number];

/** Convex quadrilaterals that face `inside`; two triangles each, no shared vertices, so their edges are sharp. */
export function facingQuads(
  quads: readonly (readonly [Point, Point, Point, Point])[],
  inside: Point,
  towards: 1 | -1 = 1,
): Shape {
  const positions: number[] = [];
  const indices: number[] = [];
  for (const quad of quads) {
    const first = positions.length / 3;
    const faces = facing(quad, inside) * towards > 0;
    positions.push(...quad.flat());
    const corners = faces ? [0, 1, 2, 0, 2, 3] : [0, 2, 1, 0, 3, 2];
    indices.push(...corners.map((corner) => first + corner));
  }
  return {
    positions: Float32Array.from(positions),
    normals: undefined,
    uvs: undefined,
    indices: Uint32Array.from(indices),
  };
}

/** Positive where the counter-clockwise side looks at the point. */
function facing([a, b, c]: readonly [Point, Point, Point, Point], point: Point): number {
  const u = [b[0] - a[0], b[1] - a[1], b[2] - a[2]] as const;
  const v = [c[0] - a[0], c[1] - a[1], c[2] - a[2]] as const;
  const n = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]] as const;
  return n[0] * (point[0] - a[0]) + n[1] * (point[1] - a[1]) + n[2] * (point[2] - a[2]);
}

/** A block standing on four corners, given by its top; all sides but the bottom. */
export function block(top: readonly [Point, Point, Point, Point]): Shape {
  const floor = top.map(([x, , z]): Point => [x, 0, z]);
  const sides = top.map((corner, i): [Point, Point, Point, Point] => {
    const next = (i + 1) % 4;
    return [corner, top[next] ?? corner, floor[next] ?? corner, floor[i] ?? corner];
  });
  const middle = (axis: 0 | 1 | 2): number => top.reduce((sum, corner) => sum + corner[axis], 0) / 4;
  return facingQuads([[...top], ...sides], [middle(0), middle(1) / 2, middle(2)], -1);
}

/** A unit sphere around the origin with uvs. */
export function sphere(segments: number, rings: number): Shape {
  const positions: number[] = [];
  const uvs: number[] = [];
  const indices: number[] = [];
  for (let ring = 0; ring <= rings; ring++) {
    const polar = (Math.PI * ring) / rings;
    for (let segment = 0; segment <= segments; segment++) {
      const around = (2 * Math.PI * segment) / segments;
      positions.push(
        Math.sin(polar) * Math.cos(around),
        Math.cos(polar),
        -Math.sin(polar) * Math.sin(around),
      );
      uvs.push(segment / segments, ring / rings);
      if (ring === rings || segment === segments) continue;
      const a = ring * (segments + 1) + segment;
      const below = a + segments + 1;
      if (ring > 0) indices.push(a, below, a + 1);
      if (ring < rings - 1) indices.push(a + 1, below, below + 1);
    }
  }
  const points = Float32Array.from(positions);
  return {
    positions: points,
    normals: points,
    uvs: Float32Array.from(uvs),
    indices: Uint32Array.from(indices),
  };
}

/** A horizontal square of `size` metres around the origin, its texture repeated `repeats` times. */
export function ground(size: number, repeats: number): Shape {
  const half = size / 2;
  return {
    positions: Float32Array.of(-half, 0, -half, -half, 0, half, half, 0, half, half, 0, -half),
    normals: Float32Array.of(0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0),
    uvs: Float32Array.of(0, 0, 0, repeats, repeats, repeats, repeats, 0),
    indices: Uint32Array.of(0, 1, 2, 0, 2, 3),
  };
}

/** Uvs by looking along -Z: the texture lies on the shape as a slide is projected. `scale` repeats a unit of length. */
export function projectedAlongZ(shape: Shape, scale: number): Shape {
  const uvs = new Float32Array((2 * shape.positions.length) / 3);
  for (let i = 0; i < uvs.length / 2; i++) {
    uvs[2 * i] = (shape.positions[3 * i] ?? 0) * scale;
    uvs[2 * i + 1] = -(shape.positions[3 * i + 1] ?? 0) * scale;
  }
  return { ...shape, uvs };
}
