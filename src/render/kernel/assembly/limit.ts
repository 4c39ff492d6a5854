// The optional clamp against fireflies: light that was scattered at least twice on its way to the camera brings no more than
// a limit, scaled down as a whole so that its hue stays (Cycles' "Clamp Indirect", with the mean of the channels as there).
// It makes the picture darker where it acts, so it is off unless asked for. Direct light, seen or scattered once, is exact.
import { scale, xOf, yOf, zOf } from './vector';

/** Three times the mean that is allowed. */
let limit: f32 = Infinity;

/** `radiance` 0: no limit. */
export function setLimit(radiance: f32): void {
  limit = radiance > 0 ? radiance * 3 : Infinity;
}

/** RGB light for the camera that was scattered so many times on its way. */
export function limited(light: v128, scatterings: u32): v128 {
  if (scatterings < 2) return light;
  const sum = xOf(light) + yOf(light) + zOf(light);
  return sum > limit ? scale(light, limit / sum) : light;
}
