/** log2 and powers without the host's `Math.log` and `Math.pow`, whose last bits differ between engines. For tables. */
import { exp2 } from './exp2.ts';

const { LN2, SQRT2 } = Math;

/** For finite x > 0, to about 1e-15; NaN for everything else. */
export function log2(x: number): number {
  if (!(x > 0 && x < Number.POSITIVE_INFINITY)) return Number.NaN;
  let mantissa = x;
  let whole = 0;
  for (; mantissa >= SQRT2; whole++) mantissa /= 2;
  for (; mantissa < SQRT2 / 2; whole--) mantissa *= 2;
  // ln m = 2 artanh((m - 1) / (m + 1)); the argument is below 0.172, so the 12th term is below 1e-19.
  const z = (mantissa - 1) / (mantissa + 1);
  let power = z;
  let sum = 0;
  for (let n = 1; n <= 23; n += 2) {
    sum += power / n;
    power *= z * z;
  }
  return whole + (2 * sum) / LN2;
}

/** base^exponent for base >= 0, where the result is within 2^-64..2^64. */
export function power(base: number, exponent: number): number {
  return base > 0 ? exp2(exponent * log2(base)) : 0;
}
