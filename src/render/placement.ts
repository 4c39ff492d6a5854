/**
 * What reader and kernel agree on about instances: how many there may be, and which matrices can place one. Rows of 3 x 4
 * numbers, as `FlatScene.instanceTransforms` has them.
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

/** Whether the 12 numbers from `at` on are finite and can be inverted without losing the picture. */
export function isPlacement(rows: ArrayLike<number>, at: number): boolean {
  const m = (row: number, column: number): number => rows[at + 4 * row + column] ?? Number.NaN;
  for (let i = 0; i < 12; i++) if (!(Math.abs(rows[at + i] ?? Number.NaN) <= LARGEST)) return false;
  const cofactor = (row: number, column: number): number => {
    const [a, b, c, d] = [(row + 1) % 3, (row + 2) % 3, (column + 1) % 3, (column + 2) % 3];
    return m(a, c) * m(b, d) - m(a, d) * m(b, c);
  };
  const determinant = m(0, 0) * cofactor(0, 0) + m(0, 1) * cofactor(0, 1) + m(0, 2) * cofactor(0, 2);
  if (determinant === 0) return false;
  for (let row = 0; row < 3; row++) {
    let strain = 0;
    for (let column = 0; column < 3; column++) {
      for (let k = 0; k < 3; k++) {
        // Row `column`, column k of the inverse is the transposed cofactor over the determinant.
        const inverse = cofactor(k, column) / determinant;
        if (!(Math.abs(inverse) <= LARGEST)) return false;
        strain += Math.abs(m(row, column) * inverse);
      }
    }
    if (strain > MAX_STRAIN) return false;
  }
  return true;
}
