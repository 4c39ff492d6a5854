// The hierarchy's public face, as in ../README.md: one at a time, built from the scene's triangles, asked by batches of rays.
// With instances it has two levels.

import { alloc, mark, release } from '../memory';
import { build, builtHeader, ERROR_OUT_OF_MEMORY } from './build';
import { isCoherent } from './coherence';
import { writeMiss } from './finish';
import { FLIGHT, traceInFlight } from './flight';
import {
  HEADER_LOOSE,
  HEADER_LOWER,
  HEADER_RECORDS,
  HEADER_ROOT,
  HEADER_SCALE,
  HEADER_UPPER,
  INSTANCE_BYTES,
} from './layout';
import { DEEP_SLOT_BYTES, SLOT_BYTES } from './slot';
import { buildTwoLevel } from './two-level';
import { traceOneByOne } from './walk';

export { closeCrew, openCrew } from './crew';
export { helpBuild } from './work';

let header: usize = 0;
/** Room for the rays in flight: too much to carry as zeros in the binary, so allocated with the hierarchy. */
let slots: usize = 0;

/**
 * Builds the hierarchy over `triangleCount` triangles (3 u32 each at `indices`, 3 f32 a vertex at `positions`; every index
 * must have been checked) and makes it the one that rays meet. It stays in memory above the mark that was current before.
 * Neither array is read again.
 * @returns the number of nodes (0 when nothing can be hit), -1: a vertex is not finite, -2: out of memory
 */
export function buildBvh(positions: usize, indices: usize, triangleCount: i32): i32 {
  header = 0;
  const start = mark();
  slots = alloc(<usize>FLIGHT * SLOT_BYTES, 64);
  const built = slots ? build(positions, indices, 0, triangleCount, 0) : ERROR_OUT_OF_MEMORY;
  if (built < 0) release(start);
  else header = builtHeader;
  return built;
}

/**
 * The same for a scene with the instances in the record at `instances` (INSTANCES_... in ../layout.ts), whose numbers must have
 * been checked and whose matrices must not be singular. -1 also where an instance is carried out of the range of f32.
 */
export function buildInstancedBvh(positions: usize, indices: usize, instances: usize): i32 {
  header = 0;
  const start = mark();
  slots = alloc(<usize>FLIGHT * DEEP_SLOT_BYTES, 64);
  const built = slots ? buildTwoLevel(positions, indices, instances) : ERROR_OUT_OF_MEMORY;
  if (built < 0) release(start);
  else header = builtHeader;
  return built;
}

/** Address of the hierarchy that rays meet; 0: there is none. */
export function currentHierarchy(): usize {
  return header;
}

/** Makes a hierarchy that another instance built in the same memory the one that rays meet. @returns false: no memory */
export function adoptHierarchy(built: usize): bool {
  slots = alloc(<usize>FLIGHT * DEEP_SLOT_BYTES, 64);
  header = slots ? built : 0;
  return slots != 0;
}

/** Half the diagonal of the box around all that can be hit; for a hierarchy that has something. */
export function hierarchyRadius(): f64 {
  if (!header) return 0;
  const size = f32x4.sub(v128.load(header, HEADER_UPPER), v128.load(header, HEADER_LOWER));
  const x = <f64>f32x4.extract_lane(size, 0);
  const y = <f64>f32x4.extract_lane(size, 1);
  const z = <f64>f32x4.extract_lane(size, 2);
  return (NativeMath.sqrt(x * x + y * y + z * z) * 0.5) / <f64>load<f32>(header, HEADER_SCALE);
}

/** Address of three columns (v128, w 0): the inverse of the instance's matrix times a positive number. */
export function instanceRecord(instance: u32): usize {
  return <usize>load<u32>(header, HEADER_RECORDS) + <usize>instance * INSTANCE_BYTES;
}

/**
 * The nearest hit of each ray in its open interval (tmin, tmax), tmin >= 0; of equal distances the lowest triangle. Where
 * there are instances, `instances` (unless 0) receives an i32 a ray: the hit's instance, or -1 for the world's and for a miss;
 * of equal distances the world's triangles are first, then the lowest instance.
 */
export function traceClosest(rays: usize, hits: usize, count: i32, instances: usize): void {
  trace<f32>(rays, hits, count, instances);
}

/** Whether each ray hits anything in its open interval: `triangle` is 0, else -1; the rest of the hit is not defined. */
export function traceAny(rays: usize, hits: usize, count: i32): void {
  trace<bool>(rays, hits, count, 0);
}

function trace<Q>(rays: usize, hits: usize, count: i32, instances: usize): void {
  const root = header ? load<u32>(header, HEADER_ROOT) : 0;
  if (!root) {
    for (let i = 0; i < count; i++) writeMiss(hits + ((<usize>i) << 4));
    return;
  }
  const unscale: f32 = <f32>1 / load<f32>(header, HEADER_SCALE);
  const end = rays + ((<usize>count) << 5);
  const isOneByOne = isCoherent(header, rays, count);
  if (load<u32>(header, HEADER_RECORDS)) {
    const loose = <usize>load<u32>(header, HEADER_LOOSE);
    if (isOneByOne) traceOneByOne<Q, u32>(loose, root, slots, rays, end, hits, instances, unscale);
    else traceInFlight<Q, u32>(loose, root, slots, rays, end, hits, instances, unscale);
    return;
  }
  if (isOneByOne) traceOneByOne<Q, void>(header, root, slots, rays, end, hits, 0, unscale);
  else traceInFlight<Q, void>(header, root, slots, rays, end, hits, 0, unscale);
}
