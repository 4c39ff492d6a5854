// Guide images: what the camera sees besides light, with the very rays of the picture. A ray goes through what is see-through
// and through culled backs as the picture's does, and tells of the first surface that stops it:
//   albedo   its base colour (for metals that is the reflectance, for glass the tint, for unlit surfaces their light) plus
//            what it emits, within 0..1
//   normal   the shading normal, facing the camera
//   depth    the distance along the ray
//   hit      1, so that depth can be averaged over the rays that have one
// Where nothing is hit all are 0: the environment is free of noise and needs no guide. (Intel's Open Image Denoise asks
// for albedos within 0..1 and normals that may have any length.)
import { isThere, passThrough, startPath } from './integrator';
import { GUIDE_BYTES, MATERIAL_IS_UNLIT } from './layout';
import { baseColorAt, emissionAt, hasFlag, isDoubleSided, isEmitter, isSeeThrough } from './material';
import { BATCH, HIT_BYTES, hits, pathAt, RAY_BYTES, rayPaths, rays } from './paths';
import { materialOf } from './scene';
import { isFront, locate, shade, shadingNormal } from './surface';
import { instanceOf, traceClosest } from './tracing';
import { add, isFinite3, negate, splat, withW, wOf } from './vector';

/** As `renderBlock`, for 8 f32 a pixel: albedo RGB, normal XYZ, depth, hits. `sums` is a multiple of 16. */
export function renderGuides(
  sums: usize,
  x: u32,
  y: u32,
  width: u32,
  height: u32,
  first: u32,
  count: u32,
): void {
  const total = width * height * count;
  for (let start: u32 = 0; start < total; start += BATCH) {
    const size = min(BATCH, total - start);
    for (let i: u32 = 0; i < size; i++) {
      const pixel = (start + i) / count;
      startPath(i, x + (pixel % width), y + pixel / width, first + ((start + i) % count));
      // What the path finds: albedo and hit, normal and depth.
      pathAt(i).throughput = splat(0);
    }
    follow(size);
    for (let i: u32 = 0; i < size; i++) {
      const path = pathAt(i);
      const at = sums + <usize>((start + i) / count) * GUIDE_BYTES;
      const albedo = path.throughput;
      const normal = path.radiance;
      const ahead = v128.shuffle<f32>(albedo, normal, 0, 1, 2, 4);
      const behind = f32x4(
        f32x4.extract_lane(normal, 1),
        f32x4.extract_lane(normal, 2),
        f32x4.extract_lane(normal, 3),
        f32x4.extract_lane(albedo, 3),
      );
      v128.store(at, add(v128.load(at), ahead));
      v128.store(at, add(v128.load(at, 16), behind), 16);
    }
  }
}

/** Until every ray of the batch has left or been stopped. */
function follow(size: u32): void {
  let inFlight = size;
  while (inFlight > 0) {
    traceClosest(rays, hits, inFlight);
    let kept: u32 = 0;
    for (let i: u32 = 0; i < inFlight; i++) {
      const path = load<u32>(rayPaths + ((<usize>i) << 2));
      const ray = rays + <usize>i * RAY_BYTES;
      if (look(path, ray, hits + <usize>i * HIT_BYTES, rays + <usize>kept * RAY_BYTES)) {
        store<u32>(rayPaths + ((<usize>kept) << 2), path);
        kept++;
      }
    }
    inFlight = kept;
  }
}

/** Notes what is seen. @returns whether the ray goes on, as `next`. */
function look(index: u32, ray: usize, hit: usize, next: usize): bool {
  const path = pathAt(index);
  const direction = v128.load(ray, 16);
  const found = load<i32>(hit, 12);
  if (found < 0) return false;
  const triangle = <u32>found;
  const u = load<f32>(hit, 4);
  const v = load<f32>(hit, 8);
  const distance = load<f32>(hit);
  if (!locate(triangle, instanceOf(hit), u, v, direction)) return false;
  const material = materialOf(triangle);
  if (!isFront && !isDoubleSided(material)) return passThrough(path, ray, distance, next);
  const base = baseColorAt(material, triangle, u, v);
  if (isSeeThrough(material) && !isThere(path, material, wOf(base))) {
    return passThrough(path, ray, distance, next);
  }
  shade(material, triangle, u, v, negate(direction));
  const shines = isEmitter(material) && !hasFlag(material, MATERIAL_IS_UNLIT);
  const albedo = shines ? add(base, emissionAt(material, base, triangle, u, v)) : base;
  path.throughput = withW(f32x4.pmin(f32x4.pmax(albedo, splat(0)), splat(1)), 1);
  path.radiance = withW(isFinite3(shadingNormal) ? shadingNormal : splat(0), distance);
  return false;
}
