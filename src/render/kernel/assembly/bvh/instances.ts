// The instances of a two-level hierarchy: how a ray gets from the world into the mesh, and a box around each in the world.
//
// Matrices are inverted in doubles; what a ray then goes through is in singles. Its error, seen from the world, is that of
// the ray's distance from the instance's place, times how much the matrix magnifies errors (its strain: 1 to 3 for scales and
// turns, more where a turned shape is stretched). Boxes grow by so much that no ray that hits a triangle misses them.

import { alloc } from '../memory';
import {
  HEADER_LOWER,
  HEADER_SCALE,
  HEADER_UPPER,
  INSTANCE_BYTES,
  INSTANCE_COLUMNS,
  INSTANCE_HEADER,
  INSTANCE_PLACE,
} from './layout';

/** 3 x 4 f32: the rows of what takes a mesh to the world. */
export const TRANSFORM_BYTES: usize = 48;

/** 2^-20: sixteen roundings of a single. */
const ROUNDING: f64 = 9.5367431640625e-7;

/** Beyond, the picture of such an instance is noise anyway, and the slack of boxes should not cost the others. */
const MOST_STRAIN: f64 = 64;

/** f64 x 9: the rows of the inverse of the matrix in hand. */
const inverse: usize = alloc(72, 16);
/** f64 x 3, x 3: the box in hand, in the world, unscaled. */
const lower: usize = alloc(24, 16);
const upper: usize = alloc(24, 16);

/** The largest strain of all instances that `boxOf` has seen; 1 at least. */
export let strain: f64 = 1;

export function forgetStrain(): void {
  strain = 1;
}

function at(transform: usize, row: i32, column: i32): f64 {
  return <f64>load<f32>(transform + ((<usize>(row * 4 + column)) << 2));
}

function inverseAt(row: i32, column: i32): f64 {
  return load<f64>(inverse + ((<usize>(row * 3 + column)) << 3));
}

function invert(transform: usize): void {
  let determinant: f64 = 0;
  for (let row = 0; row < 3; row++) {
    const a = (row + 1) % 3;
    const b = (row + 2) % 3;
    for (let column = 0; column < 3; column++) {
      const c = (column + 1) % 3;
      const d = (column + 2) % 3;
      const cofactor =
        at(transform, a, c) * at(transform, b, d) - at(transform, a, d) * at(transform, b, c);
      if (row == 0) determinant += at(transform, 0, column) * cofactor;
      // Transposed: the cofactor of (row, column) stands at (column, row).
      store<f64>(inverse + ((<usize>(column * 3 + row)) << 3), cofactor);
    }
  }
  for (let i: usize = 0; i < 72; i += 8) store<f64>(inverse + i, load<f64>(inverse + i) / determinant);
}

/** Takes the box of an instance in hand. @returns its largest absolute coordinate */
export function boxOf(transform: usize, header: usize): f64 {
  invert(transform);
  const unscale = 1 / <f64>load<f32>(header, HEADER_SCALE);
  let reach: f64 = 0;
  let worst: f64 = 1;
  for (let row = 0; row < 3; row++) {
    let low = at(transform, row, 3);
    let high = low;
    let fromPlace: f64 = 0;
    let rowStrain: f64 = 0;
    for (let column = 0; column < 3; column++) {
      const m = at(transform, row, column);
      const a = m * <f64>load<f32>(header + ((<usize>column) << 2), HEADER_LOWER) * unscale;
      const b = m * <f64>load<f32>(header + ((<usize>column) << 2), HEADER_UPPER) * unscale;
      low += min(a, b);
      high += max(a, b);
      fromPlace += max(abs(a), abs(b));
      for (let k = 0; k < 3; k++) rowStrain += abs(m * inverseAt(column, k));
    }
    store<f64>(lower + ((<usize>row) << 3), low);
    store<f64>(upper + ((<usize>row) << 3), high);
    reach = max(reach, fromPlace);
    worst = max(worst, rowStrain);
  }
  worst = min(worst, MOST_STRAIN);
  strain = max(strain, worst);
  let largest: f64 = 0;
  for (let row: usize = 0; row < 24; row += 8) {
    const low = load<f64>(lower + row);
    const high = load<f64>(upper + row);
    const pad = ROUNDING * (worst * reach + max(abs(low), abs(high)));
    store<f64>(lower + row, low - pad);
    store<f64>(upper + row, high + pad);
    largest = max(largest, max(abs(low - pad), abs(high + pad)));
  }
  return largest;
}

/** Writes the lower and the upper corner of the box in hand, in the world's scale; fourth lanes stay. */
export function writeBoxInHand(to: usize, scale: f32): void {
  for (let axis: usize = 0; axis < 3; axis++) {
    store<f32>(to + (axis << 2), <f32>(load<f64>(lower + (axis << 3)) * <f64>scale));
    store<f32>(to + (axis << 2), <f32>(load<f64>(upper + (axis << 3)) * <f64>scale), 16);
  }
}

/**
 * Writes the record of an instance, whose matrix is in hand.
 * @returns false where it is so small or so flat beside the world that no single can say how to enter it: no ray will.
 */
export function writeInstance(record: usize, transform: usize, header: usize, scale: f32): bool {
  memory.fill(record, 0, INSTANCE_BYTES);
  const change = <f64>load<f32>(header, HEADER_SCALE) / <f64>scale;
  let sum: f32 = 0;
  for (let column = 0; column < 3; column++) {
    for (let row = 0; row < 3; row++) {
      const value = <f32>(inverseAt(row, column) * change);
      store<f32>(record + ((<usize>(column * 4 + row)) << 2), value, INSTANCE_COLUMNS);
      sum += value * 0;
    }
    const place = load<f32>(transform + ((<usize>(column * 4 + 3)) << 2)) * scale;
    store<f32>(record + ((<usize>column) << 2), place, INSTANCE_PLACE);
  }
  store<u32>(record, <u32>header, INSTANCE_HEADER);
  return sum == 0;
}
