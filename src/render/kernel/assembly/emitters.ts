// Emissive triangles as lights: a few are chosen between by power, many by a tree (light-tree.ts), a point on one by area.
// Triangles whose emission looks black at every point probed are left to chance hits; so nothing is wrong however coarse the
// probing is.
//
// In memory: u32 triangle numbers in rising order, the distribution over them by power, and the tree if they are many.
import { allocDistribution, chance, chanceOf, choose, writeDistribution } from './distribution';
import {
  MATERIAL_BASE_COLOR_TEXTURE,
  MATERIAL_EMISSIVE_TEXTURE,
  OUT_OF_MEMORY,
  TEXTURE_HEIGHT,
  TEXTURE_WIDTH,
} from './layout';
import { descend, descentChance, descentChanceOf, useLightTree } from './light-tree';
import { buildLightTree, builtNodes, builtPlaces, LIGHT_BYTES } from './light-tree-build';
import { coveredEmissionAt, isDoubleSided, isEmitter } from './material';
import { alloc, mark, release } from './memory';
import { extentOf } from './offset';
import { cornersOf, materialOf, positionOf, triangleCount } from './scene';
import { add, cross, dot, lengthOf, luminance, scale, sub, withW, wOf } from './vector';

const PI: f64 = 3.141592653589793;
/** Textured emission is probed at this many rows of points at most. */
const MAX_PROBE_ROWS: i32 = 12;

/** From so many on, it is worth asking where they are. */
const MANY: u32 = 64;

let triangles: usize = 0;
let distribution: usize = 0;
let treeNodes: usize = 0;
let treePlaces: usize = 0;
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
  const scratch = mark();
  const powers = alloc((<usize>candidates) << 2, 16);
  if (!triangles || !distribution || !powers) return OUT_OF_MEMORY;
  let found: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const power = powerOf(i);
    if (power == 0) continue;
    store<u32>(triangles + ((<usize>found) << 2), i);
    store<f32>(powers + ((<usize>found) << 2), power);
    found++;
  }
  if (found > 0) {
    emitterPower = writeDistribution(distribution, powers, found) * PI;
    emitterCount = emitterPower > 0 ? found : 0;
  }
  release(scratch);
  if (!isMany()) return 0;
  const failed = buildLightTree(emitterCount, describe);
  treeNodes = builtNodes;
  treePlaces = builtPlaces;
  return failed;
}

/** Whether emitters are chosen for the surface that is to be lit: then it has to be stood at (light-tree.ts). */
export function isMany(): bool {
  return emitterCount >= MANY;
}

/** Writes what the tree is built of. */
function describe(to: usize): void {
  for (let i: u32 = 0; i < emitterCount; i++) {
    const light = to + <usize>i * LIGHT_BYTES;
    const triangle = load<u32>(triangles + ((<usize>i) << 2));
    const corners = cornersOf(triangle);
    const a = positionOf(load<u32>(corners));
    const b = positionOf(load<u32>(corners, 4));
    const c = positionOf(load<u32>(corners, 8));
    const normal = cross(sub(b, a), sub(c, a));
    const isDouble = isDoubleSided(materialOf(triangle)) ? <f32>1 : <f32>0;
    v128.store(light, withW(f32x4.pmin(f32x4.pmin(a, b), c), chanceOf(distribution, i)));
    v128.store(light, i32x4.replace_lane(f32x4.pmax(f32x4.pmax(a, b), c), 3, i), 16);
    v128.store(light, withW(scale(normal, <f32>1 / lengthOf(normal)), isDouble), 32);
  }
}

/** For another instance over the same memory: writes what `adoptEmitters` takes over, 28 bytes. */
export function saveEmitters(to: usize): void {
  store<usize>(to, triangles);
  store<usize>(to, distribution, 4);
  store<u32>(to, emitterCount, 8);
  store<f64>(to, emitterPower, 12);
  store<usize>(to, treeNodes, 20);
  store<usize>(to, treePlaces, 24);
}

export function adoptEmitters(from: usize): void {
  triangles = load<usize>(from);
  distribution = load<usize>(from, 4);
  emitterCount = load<u32>(from, 8);
  emitterPower = load<f64>(from, 12);
  treeNodes = load<usize>(from, 20);
  treePlaces = load<usize>(from, 24);
  useLightTree(treeNodes, treePlaces);
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

export function triangleOfEmitter(number: u32): u32 {
  return load<u32>(triangles + ((<usize>number) << 2));
}

/** Chooses a point on the emitters; for emitterCount > 0. @returns false if the triangle has no area, or none can be seen from here. */
export function sampleEmitter(bits: u32, u1: f32, u2: f32): bool {
  const number = isMany() ? descend(bits) : <i32>choose(distribution, emitterCount, bits);
  if (number < 0) return false;
  emitterTriangle = triangleOfEmitter(number);
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
  emitterDensity = ((isMany() ? descentChance : chance) * 2) / doubleArea;
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
  return ((isMany() ? descentChanceOf(low) : chanceOf(distribution, low)) * 2) / doubleArea;
}
