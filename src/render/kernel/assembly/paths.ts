// The state of the paths of one batch, in flat arrays made once: what the stages of the integrator hand to each other.
// A batch is small enough for the second-level cache and large enough that the traversal always has rays to interleave.
import { alloc } from './memory';

export const BATCH: u32 = 2048;

export const RAY_BYTES: usize = 32;
export const HIT_BYTES: usize = 16;
export const PATH_BYTES: usize = 96;

/** What a path carries from one vertex to the next. */
@unmanaged
export class Path {
  /** Weight of light found from here on, RGB. */
  throughput: v128;
  /** Light found so far, RGB. */
  radiance: v128;
  pixelHash: u32;
  reversedSample: u32;
  /** Density per steradian with which the ray in flight was sampled; infinite: no light sample competes with it. */
  density: f32;
  /** Surfaces scattered at so far. */
  depth: u32;
  /** See-through surfaces passed so far. */
  passed: u32;
  /** The innermost volume and the colour followed: see medium.ts. */
  inside: u32;
  /** The volume around that. */
  around: u32;
  /** Where it scattered last, and the normal there, as light-tree.ts was told: written where there are many emitters. */
  stood: v128;
  facing: v128;
}

/** Rays in flight and where they hit: ray i belongs to path `rayPaths[i]`. */
export const rays: usize = alloc(<usize>BATCH * RAY_BYTES, 64);
export const hits: usize = alloc(<usize>BATCH * HIT_BYTES, 64);
export const rayPaths: usize = alloc(<usize>BATCH * 4, 64);
const paths: usize = alloc(<usize>BATCH * PATH_BYTES, 64);

/** Shadow rays: RGB that arrives if nothing is in between, and in w (as u32) the path. */
export const shadowRays: usize = alloc(<usize>BATCH * RAY_BYTES, 64);
export const shadowHits: usize = alloc(<usize>BATCH * HIT_BYTES, 64);
export const shadowLight: usize = alloc(<usize>BATCH * 16, 64);

export function pathAt(index: u32): Path {
  return changetype<Path>(paths + <usize>index * PATH_BYTES);
}
