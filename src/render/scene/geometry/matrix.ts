/**
 * 4x4 matrices as glTF writes them: 16 numbers, column by column, in double precision. Only + - * / and square roots:
 * `Math.hypot` and the trigonometric functions may differ in their last bits between engines.
 */

export type Matrix4 = readonly number[];
export type Vector3 = readonly [number, number, number];

export const IDENTITY: Matrix4 = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

/** The direction that stands in where there is none. */
export const UPWARDS: Vector3 = [0, 1, 0];

/** a * b: b is applied first. */
export function multiplyMatrices(a: Matrix4, b: Matrix4): Matrix4 {
  const product = new Array<number>(16).fill(0);
  for (let column = 0; column < 4; column++) {
    for (let row = 0; row < 4; row++) {
      let sum = 0;
      for (let k = 0; k < 4; k++) sum += (a[4 * k + row] ?? 0) * (b[4 * column + k] ?? 0);
      product[4 * column + row] = sum;
    }
  }
  return product;
}

/**
 * translation * rotation * scale, given in this order; the quaternion (x, y, z, w) is brought to unit length, a zero one is
 * no rotation.
 */
export function composeMatrix(
  { 0: tx = 0, 1: ty = 0, 2: tz = 0 }: ArrayLike<number>,
  { 0: qx = 0, 1: qy = 0, 2: qz = 0, 3: qw = 1 }: ArrayLike<number>,
  { 0: sx = 1, 1: sy = 1, 2: sz = 1 }: ArrayLike<number>,
): Matrix4 {
  const length = Math.sqrt(qx * qx + qy * qy + qz * qz + qw * qw);
  const [x, y, z, w] = length > 0 ? [qx / length, qy / length, qz / length, qw / length] : [0, 0, 0, 1];
  return [
    (1 - 2 * (y * y + z * z)) * sx,
    2 * (x * y + w * z) * sx,
    2 * (x * z - w * y) * sx,
    0,
    2 * (x * y - w * z) * sy,
    (1 - 2 * (x * x + z * z)) * sy,
    2 * (y * z + w * x) * sy,
    0,
    2 * (x * z + w * y) * sz,
    2 * (y * z - w * x) * sz,
    (1 - 2 * (x * x + y * y)) * sz,
    0,
    tx,
    ty,
    tz,
    1,
  ];
}

/** The determinant of the upper left 3x3: negative where the matrix mirrors. */
export function determinant3(m: Matrix4): number {
  const [a = 0, b = 0, c = 0, , d = 0, e = 0, f = 0, , g = 0, h = 0, i = 0] = m;
  return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
}

/**
 * What carries normals: the inverse transpose of the upper left 3x3 up to a positive factor, as 9 numbers column by
 * column. It is the matrix of cofactors, which exists even where a scale of 0 makes everything flat.
 */
export function normalMatrix(m: Matrix4): readonly number[] {
  const [a = 0, b = 0, c = 0, , d = 0, e = 0, f = 0, , g = 0, h = 0, i = 0] = m;
  const sign = determinant3(m) < 0 ? -1 : 1;
  return [
    e * i - f * h,
    f * g - d * i,
    d * h - e * g,
    c * h - b * i,
    a * i - c * g,
    b * g - a * h,
    b * f - c * e,
    c * d - a * f,
    a * e - b * d,
  ].map((cofactor) => sign * cofactor);
}

export function cross(a: Vector3, b: Vector3): Vector3 {
  return [
    withoutNegativeZero(a[1] * b[2] - a[2] * b[1]),
    withoutNegativeZero(a[2] * b[0] - a[0] * b[2]),
    withoutNegativeZero(a[0] * b[1] - a[1] * b[0]),
  ];
}

/** Undefined where the vector is zero or not finite. */
export function normalised([x, y, z]: Vector3): Vector3 | undefined {
  const scale = scaleOf(x, y, z);
  if (scale === 0) return undefined;
  const length = lengthOf(x / scale, y / scale, z / scale);
  return [
    withoutNegativeZero(x / scale / length),
    withoutNegativeZero(y / scale / length),
    withoutNegativeZero(z / scale / length),
  ];
}

/** Writes what `normalised` makes of it, without an array for each of millions of vertices. False, and nothing written, where that is nothing. */
export function writeNormalised(x: number, y: number, z: number, to: Float32Array, at: number): boolean {
  const scale = scaleOf(x, y, z);
  if (scale === 0) return false;
  const length = lengthOf(x / scale, y / scale, z / scale);
  to[at] = withoutNegativeZero(x / scale / length);
  to[at + 1] = withoutNegativeZero(y / scale / length);
  to[at + 2] = withoutNegativeZero(z / scale / length);
  return true;
}

/** The largest component: to divide by it first keeps the squares from overflowing and vanishing. 0: there is no direction. */
function scaleOf(x: number, y: number, z: number): number {
  const largest = Math.max(Math.abs(x), Math.abs(y), Math.abs(z));
  return largest > 0 && largest !== Number.POSITIVE_INFINITY ? largest : 0;
}

function lengthOf(x: number, y: number, z: number): number {
  return Math.sqrt(x * x + y * y + z * z);
}

/** JSON does not keep the sign of zero; a vector should be the same before and after. */
function withoutNegativeZero(value: number): number {
  return value + 0;
}
