/** A colour while it is being mapped: linear Rec. 709, changed in place, so that a million pixels allocate nothing. */
export type Rgb = [number, number, number];

/** Row-major. */
export type Matrix3 = readonly [number, number, number, number, number, number, number, number, number];

/** In place: colour = matrix * colour. */
export function transform(matrix: Matrix3, colour: Rgb): void {
  const [r, g, b] = colour;
  colour[0] = matrix[0] * r + matrix[1] * g + matrix[2] * b;
  colour[1] = matrix[3] * r + matrix[4] * g + matrix[5] * b;
  colour[2] = matrix[6] * r + matrix[7] * g + matrix[8] * b;
}
