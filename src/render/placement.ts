/**
 * What reader and kernel agree on about instances: how many there may be, what may be instanced, and which matrices can place
 * one. Matrices are rows of 3 x 4 numbers, as `FlatScene.instanceTransforms` has them.
 */

/** About 150 bytes each in the kernel, twice that while it builds: four million stay well below its 4 GiB. */
export const MAX_INSTANCES = 4_000_000;

/**
 * How much a matrix may magnify the rounding of what goes through it and back: beyond, single precision has less than a
 * hundredth of an instance's size left. Turning and scaling an object makes it 3 at most, however unequal the scales.
 */
const MAX_STRAIN = 2 ** 17;

/** Numbers beyond have no squares in single precision. */
const LARGEST = 1e18;

/** Whether a material emits, as far as its factors say. What does is in world space, where light samples look for it. */
export function emits(material: {
  readonly unlit: boolean;
  readonly emissive: readonly [number, number, number];
}): boolean {
  const [r, g, b] = material.emissive;
  return material.unlit || r > 0 || g > 0 || b > 0;
}

/** Whether the 12 numbers from `at` on are finite and can be inverted without losing the picture. */
export function isPlacement(rows: ArrayLike<number>, at: number): boolean {
  const a = rows[at] ?? Number.NaN;
  const b = rows[at + 1] ?? Number.NaN;
  const c = rows[at + 2] ?? Number.NaN;
  const d = rows[at + 4] ?? Number.NaN;
  const e = rows[at + 5] ?? Number.NaN;
  const f = rows[at + 6] ?? Number.NaN;
  const g = rows[at + 8] ?? Number.NaN;
  const h = rows[at + 9] ?? Number.NaN;
  const i = rows[at + 10] ?? Number.NaN;
  if (!(Math.max(largest(a, b, c), largest(d, e, f), largest(g, h, i)) <= LARGEST)) return false;
  if (!(largest(rows[at + 3], rows[at + 7], rows[at + 11]) <= LARGEST)) return false;
  // The columns of the matrix of cofactors: rows of the inverse, times the determinant.
  const [aa, ad, ag] = [e * i - f * h, c * h - b * i, b * f - c * e];
  const [ab, ae, ah] = [f * g - d * i, a * i - c * g, c * d - a * f];
  const [ac, af, ai] = [d * h - e * g, b * g - a * h, a * e - b * d];
  const determinant = a * aa + b * ab + c * ac;
  if (determinant === 0) return false;
  const most = Math.max(largest(aa, ad, ag), largest(ab, ae, ah), largest(ac, af, ai));
  if (!(most / Math.abs(determinant) <= LARGEST)) return false;
  // |M| |M^-1|: the largest sum of a row.
  const x = Math.abs(aa) + Math.abs(ad) + Math.abs(ag);
  const y = Math.abs(ab) + Math.abs(ae) + Math.abs(ah);
  const z = Math.abs(ac) + Math.abs(af) + Math.abs(ai);
  const strain = Math.max(
    Math.abs(a) * x + Math.abs(b) * y + Math.abs(c) * z,
    Math.abs(d) * x + Math.abs(e) * y + Math.abs(f) * z,
    Math.abs(g) * x + Math.abs(h) * y + Math.abs(i) * z,
  );
  return strain <= MAX_STRAIN * Math.abs(determinant);
}

/** NaN if one of them is, or is missing. */
function largest(a = Number.NaN, b = Number.NaN, c = Number.NaN): number {
  return Math.max(Math.abs(a), Math.abs(b), Math.abs(c));
}
