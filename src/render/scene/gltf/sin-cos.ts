/**
 * Sine and cosine from + - * / alone, so that a rotated texture has the same matrix in every engine. Argument reduction
 * by quarter turns in three parts (Cody and Waite 1980), then Taylor's series on |x| <= pi/4, whose last term is below
 * one unit in the last place.
 */

/** pi/2 in three pieces of 30 bits; the products of the first two with a quarter count below 2^23 are exact. */
const QUARTER_HIGH = 1.570796325802803;
const QUARTER_MIDDLE = 9.920935791635221e-10;
const QUARTER_LOW = 5.170182981794105e-19;

/** @param angle radians, |angle| up to 1e5 */
export function sinCos(angle: number): { readonly sin: number; readonly cos: number } {
  const quarters = Math.round(angle / (QUARTER_HIGH + QUARTER_MIDDLE));
  const x = angle - quarters * QUARTER_HIGH - quarters * QUARTER_MIDDLE - quarters * QUARTER_LOW;
  const square = x * x;
  let sin = 0;
  let cos = 0;
  for (let n = 10; n >= 1; n--) {
    sin = (1 + sin) * (-square / (2 * n * (2 * n + 1)));
    cos = (1 + cos) * (-square / ((2 * n - 1) * (2 * n)));
  }
  sin = x * (1 + sin);
  cos = 1 + cos;
  switch (((quarters % 4) + 4) % 4) {
    case 0:
      return { sin, cos };
    case 1:
      return { sin: cos, cos: -sin };
    case 2:
      return { sin: -sin, cos: -cos };
    default:
      return { sin: -cos, cos: sin };
  }
}
