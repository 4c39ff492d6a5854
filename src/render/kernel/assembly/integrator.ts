// The path tracer: a wavefront over batches of paths. Each round traces all rays in flight, then shades their hits one by
// one (emission, a light sample, a scattered ray), then traces the shadow rays that shading asked for.
//
// Light is gathered by two strategies at every vertex, aimed shadow rays and scattered rays that happen to hit a light,
// weighed against each other by the power heuristic (E. Veach 1997, chapter 9).
//
// A path's numbers depend on its pixel, sample and depth only, and its light is added up in path order: the batch it runs
// in leaves no trace in the result.
import { AHEAD, readAhead } from './ahead';
import { bounces, seed, writeCameraRay } from './camera';
import { chooseAhead, standChoosing } from './choices';
import { isMany } from './emitters';
import { environmentTowards, hasEnvironment } from './environment';
import { takeFootprint } from './footprint';
import { toLocal, toWorld } from './frame';
import { MATERIAL_IS_UNLIT } from './layout';
import { standAt } from './light-tree';
import {
  densityOfEmitter,
  densityOfEnvironment,
  hasLights,
  lightDensity,
  lightDirection,
  lightDistance,
  lightIsPunctual,
  lightRadiance,
  sampleLight,
} from './lights';
import {
  baseColorAt,
  coverage,
  emissionAt,
  hasFlag,
  isDoubleSided,
  isEmitter,
  isSeeThrough,
} from './material';
import { limited } from './limit';
import { offsetFrom } from './offset';
import { BATCH, HIT_BYTES, hits, Path, pathAt, RAY_BYTES, rayPaths, rays } from './paths';
import {
  drawBits,
  hashPixel,
  reverseSample,
  SET_CAMERA,
  SET_LIGHT,
  SET_SCATTER,
  SETS_PER_VERTEX,
  toUnit,
  whiteNoise,
} from './sampler';
import {
  dimByShadow,
  dimBySegment,
  evaluateBsdf,
  isMirror,
  layers,
  passesLight,
  passSurface,
  prepareScattering,
  sampleBsdf,
} from './scattering';
import { materialOf } from './scene';
import { addShadow, clearShadows, MAX_PASSED, traceShadows } from './shadows';
import {
  doubleArea,
  extent,
  geometricNormal,
  isFront,
  locate,
  position,
  shade,
} from './surface';
import { instanceOf, traceClosest } from './tracing';
import {
  add,
  dot,
  isFinite3,
  maxComponent,
  mul,
  negate,
  scale,
  splat,
  withW,
  wOf,
  xOf,
  yOf,
  zOf,
} from './vector';

/** Both strategies, aimed rays only, or scattered rays only: for the tests that compare them. */
export const STRATEGY_BOTH: u32 = 0;
export const STRATEGY_AIMED: u32 = 1;
export const STRATEGY_SCATTERED: u32 = 2;
let strategy: u32 = STRATEGY_BOTH;

/**
 * Russian roulette begins after this many scatterings, and keeps a path with the square root of its weight. Measured on a
 * closed box, an open scene and a sunny one: earlier or harsher, the noise it adds costs more than the rays it saves.
 */
const ROULETTE_DEPTH: u32 = 3;
/** As in shadows.ts: past a surface that was looked through. */
const PAST: f32 = 1.000001;

export let sceneHasSeeThrough: bool = false;
/** Samples whose light was not finite and was counted as black, since the kernel began. */
let discarded: u32 = 0;

export function discardedSamples(): u32 {
  return discarded;
}

export function setStrategy(value: u32): void {
  strategy = value;
}

export function setSeeThrough(value: bool): void {
  sceneHasSeeThrough = value;
}

/**
 * Adds the light of samples first .. first + count - 1 of each pixel of the rectangle to `sums`: 3 f32 a pixel, row-major,
 * each pixel's samples in order.
 */
export function renderBlock(
  sums: usize,
  x: u32,
  y: u32,
  width: u32,
  height: u32,
  first: u32,
  count: u32,
): void {
  const total = width * height * count;
  let pixel: u32 = 0;
  let sample: u32 = 0;
  for (let start: u32 = 0; start < total; start += BATCH) {
    const size = min(BATCH, total - start);
    const firstPixel = pixel;
    const firstSample = sample;
    for (let i: u32 = 0; i < size; i++) {
      startPath(i, x + (pixel % width), y + pixel / width, first + sample);
      if (++sample == count) {
        sample = 0;
        pixel++;
      }
    }
    tracePaths(size);
    addUp(sums, size, firstPixel, firstSample, count);
  }
}

/** Puts path `index` on its way from the camera: the same ray for the picture and for its guides. */
export function startPath(index: u32, x: u32, y: u32, sample: u32): void {
  const path = pathAt(index);
  path.throughput = splat(1);
  path.radiance = splat(0);
  path.pixelHash = hashPixel(x, y, seed);
  path.reversedSample = reverseSample(sample);
  path.density = Infinity;
  path.depth = 0;
  path.passed = 0;
  path.inside = 0;
  path.around = 0;
  const u = toUnit(drawBits(path.pixelHash, path.reversedSample, SET_CAMERA));
  writeCameraRay(rays + <usize>index * RAY_BYTES, x, y, u);
  store<u32>(rayPaths + ((<usize>index) << 2), index);
}

function addUp(sums: usize, size: u32, firstPixel: u32, firstSample: u32, count: u32): void {
  let pixel = firstPixel;
  let sample = firstSample;
  for (let i: u32 = 0; i < size; i++) {
    const radiance = pathAt(i).radiance;
    if (isFinite3(radiance)) {
      const at = sums + <usize>pixel * 12;
      store<f32>(at, load<f32>(at) + xOf(radiance));
      store<f32>(at, load<f32>(at, 4) + yOf(radiance), 4);
      store<f32>(at, load<f32>(at, 8) + zOf(radiance), 8);
    } else discarded++;
    if (++sample == count) {
      sample = 0;
      pixel++;
    }
  }
}

function tracePaths(size: u32): void {
  let inFlight = size;
  while (inFlight > 0) {
    traceClosest(rays, hits, inFlight);
    clearShadows();
    let kept: u32 = 0;
    for (let i: u32 = 0; i < inFlight; i++) {
      if (i % AHEAD == 0) {
        const end = min(i + AHEAD, inFlight);
        readAhead(i, end);
        if (isMany()) chooseAhead(i, end);
      }
      takeFootprint(i % AHEAD);
      const path = load<u32>(rayPaths + ((<usize>i) << 2));
      // In place: ray `kept` is never ahead of ray i.
      if (
        advance(
          path,
          i % AHEAD,
          rays + <usize>i * RAY_BYTES,
          hits + <usize>i * HIT_BYTES,
          rays + <usize>kept * RAY_BYTES,
        )
      ) {
        store<u32>(rayPaths + ((<usize>kept) << 2), path);
        kept++;
      }
    }
    traceShadows(sceneHasSeeThrough);
    inFlight = kept;
  }
}

/** Weight of a strategy of density `mine` against one of density `other` (power heuristic); infinite beats all. */
function weightAgainst(mine: f32, other: f32): f32 {
  const ratio = other / mine;
  return <f32>1 / (<f32>1 + ratio * ratio);
}

/** Weight of light that the ray in flight ran into, where aiming would have found it with the given density. */
function weightOfFound(path: Path, aimedDensity: f32): f32 {
  if (path.depth == 0 || strategy == STRATEGY_SCATTERED) return 1;
  if (strategy == STRATEGY_AIMED) return aimedDensity > 0 && path.density < Infinity ? 0 : 1;
  return weightAgainst(path.density, aimedDensity);
}

/** Shades one hit, the `place`th of those that were looked at ahead. @returns whether the path goes on, with the next ray in `next`. */
function advance(index: u32, place: u32, ray: usize, hit: usize, next: usize): bool {
  const path = pathAt(index);
  const direction = v128.load(ray, 16);
  const found = load<i32>(hit, 12);
  if (found < 0) {
    if (hasEnvironment) addEnvironment(path, direction);
    return false;
  }
  const triangle = <u32>found;
  const u = load<f32>(hit, 4);
  const v = load<f32>(hit, 8);
  const distance = load<f32>(hit);
  if (!locate(triangle, instanceOf(hit), u, v, direction)) return false;
  const material = materialOf(triangle);
  // glTF culls backs for the eye. Light is not culled: a wall seen through from behind still keeps the sun out.
  if (!isFront && path.depth == 0 && !isDoubleSided(material)) return passThrough(path, ray, distance, next);
  const base = baseColorAt(material, triangle, u, v);
  if (isSeeThrough(material)) {
    if (!isThere(path, material, wOf(base))) return passThrough(path, ray, distance, next);
  }
  if (path.inside || !isFront) dimBySegment(path, material, distance, isFront);
  const outgoing = negate(direction);
  if (isEmitter(material) && (isFront || isDoubleSided(material))) {
    const aimed = aimedDensityOf(path, triangle, dot(geometricNormal, outgoing), distance);
    const light = emissionAt(material, base, triangle, u, v);
    const weighed = scale(mul(path.throughput, light), weightOfFound(path, aimed));
    path.radiance = add(path.radiance, limited(weighed, path.depth));
  }
  if (path.depth >= bounces || hasFlag(material, MATERIAL_IS_UNLIT)) return false;

  shade(material, triangle, u, v, outgoing);
  if (!prepareScattering(path, material, base, outgoing)) return false;
  const aims = hasLights && strategy != STRATEGY_SCATTERED && !isMirror();
  if (aims) {
    if (isMany()) standAtSurface(path, place);
    aim(path, index);
  }
  return scatter(path, next, aims);
}

/** Density with which the path would have aimed at the point of an emitter in hand, which its ray met. */
function aimedDensityOf(path: Path, triangle: u32, cos: f32, distance: f32): f32 {
  if (path.density == Infinity) return 0;
  if (isMany()) standAt(path.stood, path.facing);
  return densityOfEmitter(triangle, doubleArea, cos, distance);
}

/** Many emitters are chosen between for the surface in hand; kept for the emitter that the scattered ray may meet. */
function standAtSurface(path: Path, place: u32): void {
  path.stood = position;
  path.facing = withW(geometricNormal, passesLight() ? 1 : 0);
  standChoosing(place, path.stood, path.facing);
}

function addEnvironment(path: Path, direction: v128): void {
  const light = mul(path.throughput, environmentTowards(direction));
  const aimed = path.depth == 0 ? <f32>0 : densityOfEnvironment();
  path.radiance = add(path.radiance, limited(scale(light, weightOfFound(path, aimed)), path.depth));
}

/** Whether a see-through surface with that alpha stops the path's ray, by its coverage as a chance. */
export function isThere(path: Path, material: usize, alpha: f32): bool {
  const covered = coverage(material, alpha);
  return (
    covered >= 1 ||
    whiteNoise(path.pixelHash, path.reversedSample, path.depth * 256 + path.passed) < covered
  );
}

/** The same ray, from behind the surface on. */
export function passThrough(path: Path, ray: usize, distance: f32, next: usize): bool {
  if (++path.passed > MAX_PASSED) return false;
  const origin = v128.load(ray);
  const direction = v128.load(ray, 16);
  v128.store(next, withW(origin, distance * PAST));
  v128.store(next, direction, 16);
  return true;
}

/** Next-event estimation: one shadow ray towards a light. */
function aim(path: Path, index: u32): void {
  const bits = drawBits(path.pixelHash, path.reversedSample, SET_LIGHT + path.depth * SETS_PER_VERTEX);
  const origin = offsetFrom(position, geometricNormal, extent);
  if (!sampleLight(origin, bits, toUnit(bits))) return;
  const local = toLocal(lightDirection);
  const isAbove = dot(lightDirection, geometricNormal) > 0;
  // Above the true surface and below the shading normal's horizon, or the other way round: no such light.
  if (isAbove != zOf(local) > 0) return;
  const value = evaluateBsdf(local);
  const density = wOf(value);
  if (!(density > 0)) return;
  const weight = lightIsPunctual || strategy == STRATEGY_AIMED ? <f32>1 : weightAgainst(lightDensity, density);
  let light = scale(mul(mul(path.throughput, value), lightRadiance), weight / lightDensity);
  if (layers || path.inside) light = dimByShadow(path, light, lightDistance, !isAbove);
  if (!(maxComponent(light) > 0)) return;
  const start = isAbove ? origin : offsetFrom(position, negate(geometricNormal), extent);
  addShadow(start, lightDirection, lightDistance, limited(light, path.depth + 1), index);
}

/** Samples the next direction. @returns whether the path goes on. */
function scatter(path: Path, next: usize, aimed: bool): bool {
  const u = toUnit(drawBits(path.pixelHash, path.reversedSample, SET_SCATTER + path.depth * SETS_PER_VERTEX));
  const local = sampleBsdf(xOf(u), yOf(u), zOf(u));
  const value = evaluateBsdf(local);
  const density = wOf(value);
  if (!(density > 0) || !(density < Infinity)) return false;
  const direction = toWorld(local);
  const isAbove = dot(direction, geometricNormal) > 0;
  if (isAbove != zOf(local) > 0) return false;
  let throughput = scale(mul(path.throughput, value), <f32>1 / density);
  const brightest = maxComponent(throughput);
  if (!(brightest > 0) || !(brightest < Infinity)) return false;
  if (path.depth >= ROULETTE_DEPTH && brightest < 1) {
    const chance = Mathf.sqrt(brightest);
    if (wOf(u) >= chance) return false;
    throughput = scale(throughput, <f32>1 / chance);
  }
  path.throughput = throughput;
  path.density = aimed ? density : Infinity;
  path.depth++;
  if (layers && !isAbove) passSurface(path);
  const origin = offsetFrom(position, isAbove ? geometricNormal : negate(geometricNormal), extent);
  if (!isFinite3(origin) || !isFinite3(direction)) return false;
  v128.store(next, withW(origin, 0));
  v128.store(next, withW(direction, Infinity), 16);
  return true;
}
