/**
 * How alike two pixels' surfaces are, from the noise-free guides: the squared distance of their normals and albedos, and how
 * far one lies off the plane through the other. In perspective the inverse depth of a plane is (all but) linear across the
 * picture, so a slope fits floors at any angle where a depth threshold would cut them into strips.
 */
import type { GuideImages } from '../guides.ts';
import { TUNING } from './tuning.ts';

/** Scaled normal (3), scaled albedo (3), inverse depth, its slope to the right, its slope downwards. */
const FLOATS = 9;

/** Distances from here on mean: not the same surface. The filter's weight is then 0. */
export const UNLIKE = 4;

export class Features {
  readonly #values: Float32Array;

  /** Of the rows `firstRow` .. `firstRow + rows` of a picture `width` wide; pixels are numbered from there. */
  constructor({ albedo, normal, depth }: GuideImages, width: number, firstRow: number, rows: number) {
    const values = new Float32Array(FLOATS * width * rows);
    const first = firstRow * width;
    const inverse = (i: number): number => {
      const metres = depth[first + i] ?? 0;
      return metres > 0 ? 1 / metres : 0;
    };
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < width; x++) {
        const i = y * width + x;
        const to = FLOATS * i;
        for (let c = 0; c < 3; c++) {
          values[to + c] = (normal[3 * (first + i) + c] ?? 0) / TUNING.normalTolerance;
          values[to + 3 + c] = (albedo[3 * (first + i) + c] ?? 0) / TUNING.albedoTolerance;
        }
        const here = inverse(i);
        values[to + 6] = here;
        values[to + 7] = slope(x > 0 && here - inverse(i - 1), x < width - 1 && inverse(i + 1) - here);
        values[to + 8] = slope(y > 0 && here - inverse(i - width), y < rows - 1 && inverse(i + width) - here);
      }
    }
    this.#values = values;
  }

  /** 0 for the same surface, UNLIKE and more for another. `j` is `dx` pixels to the right of `i` and `dy` below. */
  distance(i: number, j: number, dx: number, dy: number): number {
    const f = this.#values;
    const a = FLOATS * i;
    const b = FLOATS * j;
    const n0 = (f[a] as number) - (f[b] as number);
    const n1 = (f[a + 1] as number) - (f[b + 1] as number);
    const n2 = (f[a + 2] as number) - (f[b + 2] as number);
    const c0 = (f[a + 3] as number) - (f[b + 3] as number);
    const c1 = (f[a + 4] as number) - (f[b + 4] as number);
    const c2 = (f[a + 5] as number) - (f[b + 5] as number);
    const surface = n0 * n0 + n1 * n1 + n2 * n2 + c0 * c0 + c1 * c1 + c2 * c2;
    if (surface >= UNLIKE) return surface;
    const za = f[a + 6] as number;
    const zb = f[b + 6] as number;
    const nearest = Math.max(za, zb);
    if (nearest === 0) return surface;
    const expected =
      0.5 *
      (((f[a + 7] as number) + (f[b + 7] as number)) * dx +
        ((f[a + 8] as number) + (f[b + 8] as number)) * dy);
    const off = (zb - za - expected) / (nearest * TUNING.depthTolerance);
    return surface + off * off;
  }
}

/** The flatter of the two sides: at an edge, the side that belongs to the surface. */
function slope(before: number | false, after: number | false): number {
  if (before === false) return after === false ? 0 : after;
  if (after === false) return before;
  return Math.abs(before) < Math.abs(after) ? before : after;
}
