// Emissive triangles as lights: one is chosen by power, a point on it by area. Triangles whose emission looks black at
// every point probed are left to chance hits; so nothing is wrong however coarse the probing is.
//
// In memory: u32 triangle numbers in rising order, the distribution over them, and of each what tells about how much of its light can fall
// on a point (EMITTER_BYTES, in the same order): middle and square of its reach, normal and whether its back shines too.
import { allocDistribution, chance, chanceOf, choose, chosen, writeDistribution } from './distribution';
import {
  MATERIAL_BASE_COLOR_TEXTURE,
  MATERIAL_EMISSIVE_TEXTURE,
  OUT_OF_MEMORY,
  TEXTURE_HEIGHT,
  TEXTURE_WIDTH,
} from './layout';
import { coveredEmissionAt, isDoubleSided, isEmitter } from './material';
import { alloc, mark, release } from './memory';
import { extentOf } from './offset';
import { cornersOf, materialOf, positionOf, triangleCount } from './scene';
import { add, cross, dot, lengthOf, luminance, scale, sub, withW, wOf } from './vector';

const PI: f64 = 3.141592653589793;
/** Textured emission is probed at this many rows of points at most. */
const MAX_PROBE_ROWS: i32 = 12;

const EMITTER_BYTES: usize = 32;

let triangles: usize = 0;
let distribution: usize = 0;
let sketches: usize = 0;
export let emitterCount: u32 = 0;
/** Flux of all emitters together, in watts per unit of radiance. */
export let emitterPower: f64 = 0;

function areaOf(triangle: u32): f32 {
  const corners = cornersOf(triangle);
  const a = positionOf(load<u32>(corners));
  return (
    lengthOf(cross(sub(positionOf(load<u32>(corners, 4)), a), sub(positionOf(load<u32>(corners, 8)), a))) *
    0.5
  );
}

/** Rows of probes for a triangle: more where it spans more texels, 1 where nothing varies. */
function probeRows(material: usize, triangle: u32): i32 {
  let texture = load<usize>(material, MATERIAL_EMISSIVE_TEXTURE);
  if (!texture) texture = load<usize>(material, MATERIAL_BASE_COLOR_TEXTURE);
  if (!texture) return 1;
  // Texels a triangle of average size covers: a large texture over few triangles needs many probes.
  const texels = <f64>load<i32>(texture, TEXTURE_WIDTH) * <f64>load<i32>(texture, TEXTURE_HEIGHT);
  const rows = <i32>NativeMath.ceil(NativeMath.sqrt(texels / <f64>triangleCount()) + 1);
  return min(rows, MAX_PROBE_ROWS);
}

/** Luminance averaged over the centroids of rows * rows equal small triangles. */
function meanEmission(material: usize, triangle: u32): f32 {
  const rows = probeRows(material, triangle);
  const step = <f32>1 / <f32>rows;
  let sum: f32 = 0;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < rows - i; j++) {
      const u = (<f32>i + <f32>(1.0 / 3.0)) * step;
      const v = (<f32>j + <f32>(1.0 / 3.0)) * step;
      sum += luminance(coveredEmissionAt(material, triangle, u, v));
      if (j < rows - i - 1) {
        const third = step * <f32>(1.0 / 3.0);
        sum += luminance(coveredEmissionAt(material, triangle, u + third, v + third));
      }
    }
  }
  return sum / <f32>(rows * rows);
}

function powerOf(triangle: u32): f32 {
  const material = materialOf(triangle);
  if (!isEmitter(material)) return 0;
  const power =
    meanEmission(material, triangle) * areaOf(triangle) * (isDoubleSided(material) ? <f32>2 : <f32>1);
  // Infinite, NaN or negative: not a light that can be aimed at.
  return power > 0 && power < Infinity ? power : 0;
}

/** Finds the scene's emitters. @returns 0 or OUT_OF_MEMORY. */
export function buildEmitters(): i32 {
  emitterCount = 0;
  emitterPower = 0;
  const count = triangleCount();
  let candidates: u32 = 0;
  for (let i: u32 = 0; i < count; i++) if (isEmitter(materialOf(i))) candidates++;
  if (candidates == 0) return 0;

  triangles = alloc((<usize>candidates) << 2, 16);
  distribution = allocDistribution(candidates);
  sketches = alloc(<usize>candidates * EMITTER_BYTES, 16);
  const scratch = mark();
  const powers = alloc((<usize>candidates) << 2, 16);
  if (!triangles || !distribution || !sketches || !powers) return OUT_OF_MEMORY;
  let found: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const power = powerOf(i);
    if (power == 0) continue;
    store<u32>(triangles + ((<usize>found) << 2), i);
    store<f32>(powers + ((<usize>found) << 2), power);
    sketch(sketches + <usize>found * EMITTER_BYTES, i);
    found++;
  }
  if (found > 0) {
    emitterPower = writeDistribution(distribution, powers, found) * PI;
    emitterCount = emitterPower > 0 ? found : 0;
  }
  release(scratch);
  return 0;
}

function sketch(to: usize, triangle: u32): void {
  const corners = cornersOf(triangle);
  const a = positionOf(load<u32>(corners));
  const edge1 = sub(positionOf(load<u32>(corners, 4)), a);
  const edge2 = sub(positionOf(load<u32>(corners, 8)), a);
  const normal = cross(edge1, edge2);
  const doubleArea = lengthOf(normal);
  v128.store(to, withW(add(a, scale(add(edge1, edge2), <f32>(1.0 / 3.0))), doubleArea * 0.5));
  const isDouble = isDoubleSided(materialOf(triangle)) ? <f32>1 : <f32>0;
  v128.store(to, withW(scale(normal, <f32>1 / doubleArea), isDouble), 16);
}

/** For another instance over the same memory: writes what `adoptEmitters` takes over, 24 bytes. */
export function saveEmitters(to: usize): void {
  store<usize>(to, triangles);
  store<usize>(to, distribution, 4);
  store<u32>(to, emitterCount, 8);
  store<f64>(to, emitterPower, 12);
  store<usize>(to, sketches, 20);
}

export function adoptEmitters(from: usize): void {
  triangles = load<usize>(from);
  distribution = load<usize>(from, 4);
  emitterCount = load<u32>(from, 8);
  emitterPower = load<f64>(from, 12);
  sketches = load<usize>(from, 20);
}

// The point that `sampleEmitter` chose.
export let emitterTriangle: u32 = 0;
export let emitterU: f32 = 0;
export let emitterV: f32 = 0;
export let emitterPoint: v128 = f32x4.splat(0);
export let emitterExtent: f32 = 0;
/** Unit length, the front side. */
export let emitterNormal: v128 = f32x4.splat(0);
/** Per square metre. */
export let emitterDensity: f32 = 0;

/** Of light that would come through the surface: seldom anything, but never left out. */
const THROUGH: f32 = 0.1;

/**
 * Chooses an emitter by its power, for emitterCount > 0.
 * @returns how much of its light, per power, can fall on a surface there, about; 0 only where none can
 */
export function chooseEmitter(bits: u32, origin: v128, normal: v128): f32 {
  const about = sketches + <usize>chosen(distribution, emitterCount, bits) * EMITTER_BYTES;
  const middle = v128.load(about);
  const facing = v128.load(about, 16);
  const reach = sub(middle, origin);
  let leaving = -dot(facing, reach);
  // Behind its plane is behind all of it.
  if (leaving < 0) leaving *= -wOf(facing);
  const arriving = dot(normal, reach);
  const distance2 = dot(reach, reach);
  const cosines = leaving * (arriving > 0 ? arriving : arriving * -THROUGH);
  return cosines / (distance2 * (distance2 + wOf(middle)));
}

/** Chooses a point on the emitters; for emitterCount > 0. @returns false if the triangle has no area. */
export function sampleEmitter(bits: u32, u1: f32, u2: f32): bool {
  const number = choose(distribution, emitterCount, bits);
  emitterTriangle = load<u32>(triangles + ((<usize>number) << 2));
  const corners = cornersOf(emitterTriangle);
  const a = positionOf(load<u32>(corners));
  const edge1 = sub(positionOf(load<u32>(corners, 4)), a);
  const edge2 = sub(positionOf(load<u32>(corners, 8)), a);
  // E. Heitz, "A Low-Distortion Map Between Triangle and Square" (2019).
  const isUpper = u2 > u1;
  emitterU = isUpper ? u1 * <f32>0.5 : u1 - u2 * <f32>0.5;
  emitterV = isUpper ? u2 - u1 * <f32>0.5 : u2 * <f32>0.5;
  emitterPoint = add(add(a, scale(edge1, emitterU)), scale(edge2, emitterV));
  emitterExtent = extentOf(edge1, edge2);
  const normal = cross(edge1, edge2);
  const doubleArea = lengthOf(normal);
  if (!(doubleArea > 0)) return false;
  emitterNormal = scale(normal, <f32>1 / doubleArea);
  emitterDensity = (chance * 2) / doubleArea;
  return true;
}

/** Density per square metre with which `sampleEmitter` gives points of this triangle; 0 if it is not among the emitters. */
export function emitterDensityOf(triangle: u32, doubleArea: f32): f32 {
  let low: u32 = 0;
  let high: u32 = emitterCount;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<u32>(triangles + ((<usize>middle) << 2)) < triangle) low = middle + 1;
    else high = middle;
  }
  if (low >= emitterCount || load<u32>(triangles + ((<usize>low) << 2)) != triangle) return 0;
  return (chanceOf(distribution, low) * 2) / doubleArea;
}
