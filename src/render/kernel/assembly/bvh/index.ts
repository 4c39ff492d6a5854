// The hierarchy's public face, as in ../README.md: one at a time, built from the scene's triangles, asked by batches of rays.

import { mark, release } from '../memory';
import { build, builtHeader, ERROR_OUT_OF_MEMORY } from './build';
import { reserveSlots, trace } from './traverse';

let header: usize = 0;

/**
 * Builds the hierarchy over `triangleCount` triangles (3 u32 each at `indices`, 3 f32 a vertex at `positions`; every index
 * must have been checked) and makes it the one that rays meet. It stays in memory above the mark that was current before.
 * @returns the number of nodes (0 when nothing can be hit), -1: a vertex is not finite, -2: out of memory
 */
export function buildBvh(positions: usize, indices: usize, triangleCount: i32): i32 {
  header = 0;
  const start = mark();
  const built = reserveSlots() ? build(positions, indices, triangleCount) : ERROR_OUT_OF_MEMORY;
  if (built < 0) release(start);
  else header = builtHeader;
  return built;
}

/** The nearest hit of each ray in its open interval (tmin, tmax), tmin >= 0; of equal distances the lowest triangle. */
export function traceClosest(rays: usize, hits: usize, count: i32): void {
  trace<f32>(header, rays, hits, count);
}

/** Whether each ray hits anything in its open interval: `triangle` is 0, else -1; the rest of the hit is not written. */
export function traceAny(rays: usize, hits: usize, count: i32): void {
  trace<bool>(header, rays, hits, count);
}
