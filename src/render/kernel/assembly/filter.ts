// The pixel filter: Blackman-Harris over 1.5 pixels (Cycles' default), by importance: camera rays are spread as the filter
// weighs, so every sample counts 1 and belongs to one pixel only. The inverse of the filter's integral is tabulated once.
import { alloc } from './memory';

const WIDTH: f64 = 1.5;
const STEPS: i32 = 256;
const offsets: usize = alloc(<usize>(STEPS + 1) * 4, 16);

const TAU: f64 = 6.283185307179586;

/** Integral of the filter from the left edge to t in [0, 1] of its width, times a constant; at 1 it is 0.35875. */
function integral(t: f64): f64 {
  return (
    0.35875 * t -
    (0.48829 / TAU) * NativeMath.sin(TAU * t) +
    (0.14128 / (2 * TAU)) * NativeMath.sin(2 * TAU * t) -
    (0.01168 / (3 * TAU)) * NativeMath.sin(3 * TAU * t)
  );
}

function writeTable(): void {
  for (let i = 0; i <= STEPS; i++) {
    const target = (0.35875 * <f64>i) / <f64>STEPS;
    let low: f64 = 0;
    let high: f64 = 1;
    for (let step = 0; step < 40; step++) {
      const middle = (low + high) * 0.5;
      if (integral(middle) < target) low = middle;
      else high = middle;
    }
    store<f32>(offsets + <usize>i * 4, <f32>(((low + high) * 0.5 - 0.5) * WIDTH));
  }
}
writeTable();

/** Where in the filter a number of [0, 1) falls: pixels from the pixel's centre. */
export function filterOffset(u: f32): f32 {
  const x = u * <f32>STEPS;
  const cell = <i32>x;
  const at = offsets + <usize>cell * 4;
  const left = load<f32>(at);
  return left + (load<f32>(at, 4) - left) * (x - <f32>cell);
}
