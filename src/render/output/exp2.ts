/** 2^x without the host's `Math.pow`, whose last bits differ between engines. */

const { LN2 } = Math;
/** Exposure beyond this is black or white anyway; it bounds the loop. */
const MAX_STOPS = 64;

/** 2^x for x in -64..64 (clamped; not a number counts as 0), to about 1e-15. */
export function exp2(x: number): number {
  const stops = Number.isNaN(x) ? 0 : Math.min(Math.max(x, -MAX_STOPS), MAX_STOPS);
  const whole = Math.round(stops);
  const rest = (stops - whole) * LN2;
  // Taylor's series of e^rest, |rest| <= 0.35: the 16th term is below 1e-20.
  let term = 1;
  let sum = 1;
  for (let n = 1; n <= 16; n++) {
    term *= rest / n;
    sum += term;
  }
  for (let i = 0; i < Math.abs(whole); i++) sum = whole > 0 ? sum * 2 : sum / 2;
  return sum;
}
