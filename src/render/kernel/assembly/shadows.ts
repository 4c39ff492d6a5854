// The shadow rays of a batch: collected while shading, traced together, their light added to the paths they belong to.
// Where the scene has masked or blended materials a ray looks through them and its light is dimmed by their coverage
// (exactly, not by chance); where it has none any hit will do, which is faster.
import { baseColorAt, coverage, isSeeThrough } from './material';
import { HIT_BYTES, pathAt, RAY_BYTES, shadowHits, shadowLight, shadowRays } from './paths';
import { materialOf } from './scene';
import { traceAny, traceClosest } from './tracing';
import { add, scale, withW, wOf } from './vector';

/** A ray is taken as blocked after so many see-through surfaces: a bound, so that every ray ends. */
export const MAX_PASSED: u32 = 128;
/** A ray goes on past a surface it looked through from this much further on. */
const PAST: f32 = 1.000001;

let count: u32 = 0;

export function clearShadows(): void {
  count = 0;
}

export function addShadow(origin: v128, direction: v128, distance: f32, light: v128, path: u32): void {
  const ray = shadowRays + <usize>count * RAY_BYTES;
  v128.store(ray, withW(origin, 0));
  v128.store(ray, withW(direction, distance), 16);
  v128.store(shadowLight + ((<usize>count) << 4), i32x4.replace_lane(light, 3, path));
  count++;
}

export function traceShadows(hasSeeThrough: bool): void {
  if (hasSeeThrough) traceThrough();
  else if (count > 0) traceAny(shadowRays, shadowHits, count);
  for (let i: u32 = 0; i < count; i++) {
    if (load<i32>(shadowHits + <usize>i * HIT_BYTES, 12) < 0) addLight(i);
  }
  count = 0;
}

function addLight(i: u32): void {
  const light = v128.load(shadowLight + ((<usize>i) << 4));
  const path = pathAt(i32x4.extract_lane(light, 3));
  path.radiance = add(path.radiance, light);
}

/** Rounds of closest hits: arrived rays add their light, blocked ones are dropped, the others go on from where they are. */
function traceThrough(): void {
  for (let round: u32 = 0; count > 0 && round < MAX_PASSED; round++) {
    traceClosest(shadowRays, shadowHits, count);
    let kept: u32 = 0;
    for (let i: u32 = 0; i < count; i++) {
      const hit = shadowHits + <usize>i * HIT_BYTES;
      const triangle = load<i32>(hit, 12);
      if (triangle < 0) {
        addLight(i);
        continue;
      }
      const material = materialOf(triangle);
      if (!isSeeThrough(material)) continue;
      const base = baseColorAt(material, triangle, load<f32>(hit, 4), load<f32>(hit, 8));
      const through = <f32>1 - coverage(material, wOf(base));
      if (!(through > 0)) continue;
      const light = v128.load(shadowLight + ((<usize>i) << 4));
      const from = shadowRays + <usize>i * RAY_BYTES;
      const to = shadowRays + <usize>kept * RAY_BYTES;
      const origin = v128.load(from);
      const direction = v128.load(from, 16);
      v128.store(to, withW(origin, load<f32>(hit) * PAST));
      v128.store(to, direction, 16);
      const dimmed = i32x4.replace_lane(scale(light, through), 3, i32x4.extract_lane(light, 3));
      v128.store(shadowLight + ((<usize>kept) << 4), dimmed);
      kept++;
    }
    count = kept;
  }
  count = 0;
}
