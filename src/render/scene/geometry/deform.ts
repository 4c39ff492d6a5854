/**
 * Morph targets and skins: the vertices of a primitive as its pose has them (glTF 2.0 sections 3.7.2.2 and 3.7.3.3). All
 * in double precision from + - * /, rounded once at the end of each step.
 */

/** A primitive's vertices before they are placed: 3, 3 and 4 floats a vertex. */
export interface Vertices {
  readonly positions: Float32Array;
  readonly normals: Float32Array | undefined;
  readonly tangents: Float32Array | undefined;
}

/** Never changes what it is given. */
export type Deform = (vertices: Vertices) => Vertices;

/** What one morph target adds at weight 1: 3 floats a vertex each, of tangents too. */
export interface MorphTarget {
  readonly weight: number;
  readonly positions: Float32Array | undefined;
  readonly normals: Float32Array | undefined;
  readonly tangents: Float32Array | undefined;
}

export function morph({ positions, normals, tangents }: Vertices, targets: readonly MorphTarget[]): Vertices {
  return {
    positions: added(positions, 3, targets, ({ positions: delta }) => delta),
    normals: normals && added(normals, 3, targets, ({ normals: delta }) => delta),
    // The fourth number is a handedness, which does not move.
    tangents: tangents && added(tangents, 4, targets, ({ tangents: delta }) => delta),
  };
}

function added(
  base: Float32Array,
  components: 3 | 4,
  targets: readonly MorphTarget[],
  deltaOf: (target: MorphTarget) => Float32Array | undefined,
): Float32Array {
  const sums = Float64Array.from(base);
  for (const target of targets) {
    const delta = deltaOf(target);
    if (!delta) continue;
    for (let i = 0, from = 0; i < sums.length; i += components, from += 3) {
      for (let c = 0; c < 3; c++) sums[i + c] = (sums[i + c] ?? 0) + target.weight * (delta[from + c] ?? 0);
    }
  }
  return Float32Array.from(sums);
}

/** Which joints move a vertex, and how strongly; all sets of JOINTS_n and WEIGHTS_n one after the other. */
export interface Influences {
  /** 4 a vertex. */
  readonly joints: ArrayLike<number>;
  /** 4 a vertex; need not add up to 1. */
  readonly weights: Float32Array;
}

/**
 * Linear blend skinning; normals go by the inverse transpose of the blended matrix.
 * @param matrices 12 numbers a joint: the first three rows, column by column; NaN for a joint that nothing may follow
 * @param influences may be none: what nothing moves follows the first joint that has a matrix
 */
export function skin(
  { positions, normals, tangents }: Vertices,
  matrices: Float64Array,
  influences: readonly Influences[],
): Vertices {
  const count = positions.length / 3;
  const moved = {
    positions: new Float32Array(3 * count),
    normals: normals && new Float32Array(3 * count),
    tangents: tangents && new Float32Array(4 * count),
  };
  const m = new Float64Array(12);
  const vector = new Float64Array(3);
  const first = firstPlaced(matrices);
  for (let i = 0; i < count; i++) {
    blend(matrices, influences, i, first, m);
    transform(m, positions, 3 * i, vector);
    for (let c = 0; c < 3; c++) moved.positions[3 * i + c] = (vector[c] ?? 0) + (m[9 + c] ?? 0);
    if (normals) {
      transformNormal(m, normals, 3 * i, vector);
      moved.normals?.set(vector, 3 * i);
    }
    if (tangents && moved.tangents) {
      transform(m, tangents, 4 * i, vector);
      moved.tangents.set(vector, 4 * i);
      moved.tangents[4 * i + 3] = tangents[4 * i + 3] ?? 1;
    }
  }
  return moved;
}

/** Where the first matrix of numbers begins. */
function firstPlaced(matrices: Float64Array): number {
  for (let at = 0; at < matrices.length; at += 12) if (Number.isFinite(matrices[at])) return at;
  return 0;
}

/** The matrix of one vertex: its joints' by weight. */
function blend(
  matrices: Float64Array,
  influences: readonly Influences[],
  vertex: number,
  first: number,
  target: Float64Array,
): void {
  target.fill(0);
  let total = 0;
  for (const { joints, weights } of influences) {
    for (let k = 4 * vertex; k < 4 * vertex + 4; k++) {
      const weight = weights[k] ?? 0;
      if (!(weight > 0 && weight < Number.POSITIVE_INFINITY)) continue;
      total += weight;
      const joint = 12 * (joints[k] ?? 0);
      for (let c = 0; c < 12; c++) target[c] = (target[c] ?? 0) + weight * (matrices[joint + c] ?? 0);
    }
  }
  for (let c = 0; c < 12; c++) target[c] = total > 0 ? (target[c] ?? 0) / total : (matrices[first + c] ?? 0);
}

function transform(m: Float64Array, vectors: Float32Array, at: number, target: Float64Array): void {
  const [x = 0, y = 0, z = 0] = [vectors[at], vectors[at + 1], vectors[at + 2]];
  for (let row = 0; row < 3; row++) {
    target[row] = (m[row] ?? 0) * x + (m[3 + row] ?? 0) * y + (m[6 + row] ?? 0) * z;
  }
}

/** By the cofactors, which are the inverse transpose up to a factor; a mirroring matrix must not turn normals over. */
function transformNormal(m: Float64Array, vectors: Float32Array, at: number, target: Float64Array): void {
  const [x = 0, y = 0, z = 0] = [vectors[at], vectors[at + 1], vectors[at + 2]];
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0] = m;
  const sign = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g) < 0 ? -1 : 1;
  const nx = (e * i - f * h) * x + (c * h - b * i) * y + (b * f - c * e) * z;
  const ny = (f * g - d * i) * x + (a * i - c * g) * y + (c * d - a * f) * z;
  const nz = (d * h - e * g) * x + (b * g - a * h) * y + (a * e - b * d) * z;
  // To unit length before it becomes single precision: cofactors of small matrices are far smaller still.
  const length = Math.sqrt(nx * nx + ny * ny + nz * nz);
  const factor = length > 0 ? sign / length : 0;
  target[0] = nx * factor;
  target[1] = ny * factor;
  target[2] = nz * factor;
}
