// All lights of a scene behind one question: a direction to aim a shadow ray at, how far, how much light comes from there
// and how dense such directions are. Emitters, environment and punctual lights are chosen between by their power.
import { hierarchyRadius } from './bvh/index';
import {
  emitterCount,
  emitterDensity,
  emitterDensityOf,
  emitterExtent,
  emitterNormal,
  emitterPoint,
  emitterPower,
  emitterTriangle,
  emitterU,
  emitterV,
  sampleEmitter,
} from './emitters';
import {
  environmentDensity,
  environmentPower,
  sampledDensity,
  sampledRadiance,
  sampleEnvironment,
} from './environment';
import { SCENE_POSITIONS, SCENE_VERTEX_COUNT } from './layout';
import { begin, Descent } from './light-tree';
import { coveredEmissionAt, isDoubleSided } from './material';
import { offsetFrom } from './offset';
import {
  punctualChance,
  punctualCount,
  punctualDirection,
  punctualDistance,
  punctualIrradiance,
  punctualPower,
  samplePunctual,
} from './punctual';
import { instanceCount, materialOf, scene } from './scene';
import { dot, lengthOf, load3, negate, scale, splat, sub, xOf, yOf } from './vector';

/** No kind is given up where several are there: power says nothing about what is near. */
const LEAST_SHARE: f64 = 0.1;
/** A shadow ray ends just short of its light. */
const SHORT_OF: f32 = 0.9999;

/** Chance that the environment is aimed at, as u32 and as f32. */
let environmentBits: u32 = 0;
let environmentShare: f32 = 0;
/** Where the selecting number's part for punctual lights ends, after the environment's; and their chance. */
let punctualBits: u32 = 0;
let punctualShare: f32 = 0;
/** Chance of the emitters: the rest. */
let emitterShare: f32 = 1;
export let hasLights: bool = false;

/** To be called when the scene or the environment has changed. */
export function prepareLights(): void {
  let flux: f64 = 0;
  if (environmentPower > 0 && (emitterCount > 0 || punctualCount > 0)) {
    const radius = sceneRadius();
    // Flux through the disc that the scene shows to every direction.
    flux = environmentPower * 3.141592653589793 * radius * radius;
  }
  let share: f64 = 0;
  if (environmentPower > 0) share = emitterCount > 0 ? shareOf(flux, emitterPower) : 1;
  let ofPunctual: f64 = 0;
  if (punctualCount > 0) {
    const isAlone = emitterCount == 0 && !(environmentPower > 0);
    ofPunctual = isAlone ? 1 : shareOf(punctualPower, flux + emitterPower);
  }
  share *= 1 - ofPunctual;
  environmentBits = <u32>(share * 4294967295.0);
  environmentShare = <f32>share;
  punctualBits = <u32>((share + ofPunctual) * 4294967295.0);
  punctualShare = <f32>ofPunctual;
  emitterShare = <f32>1 - environmentShare - punctualShare;
  hasLights = share > 0 || emitterCount > 0 || punctualCount > 0;
}

/** What the one of two kinds gets. */
function shareOf(flux: f64, other: f64): f64 {
  const share = NativeMath.min(NativeMath.max(flux / (flux + other), LEAST_SHARE), 1 - LEAST_SHARE);
  return share > 0 ? share : 0.5;
}

/** Metres: half the diagonal of the box around all vertices; with instances, around what can be hit. */
export function sceneRadius(): f64 {
  if (instanceCount() > 0) return hierarchyRadius();
  const count = load<u32>(scene, SCENE_VERTEX_COUNT);
  const positions = load<usize>(scene, SCENE_POSITIONS);
  if (count == 0) return 0;
  let low = load3(positions);
  let high = low;
  for (let i: u32 = 1; i < count; i++) {
    const p = load3(positions + <usize>i * 12);
    low = f32x4.pmin(low, p);
    high = f32x4.pmax(high, p);
  }
  return <f64>lengthOf(sub(high, low)) * 0.5;
}

// What `sampleLight` found.
export let lightDirection: v128 = f32x4.splat(0);
/** How far the shadow ray goes; infinite for the environment. */
export let lightDistance: f32 = 0;
export let lightRadiance: v128 = f32x4.splat(0);
/** Per steradian; of a light without extent, the chance that it was chosen. */
export let lightDensity: f32 = 0;
/** The light has no extent: `lightRadiance` is what arrives per area, and no scattered ray finds it. */
export let lightIsPunctual: bool = false;

/** Aims from `origin`, already off its surface, with four even 32-bit numbers. @returns false if no light comes. */
export function sampleLight(origin: v128, bits: v128, units: v128): bool {
  const selection = <u32>i32x4.extract_lane(bits, 2);
  lightIsPunctual = false;
  if (selection < environmentBits) {
    lightDirection = sampleEnvironment(i32x4.extract_lane(bits, 0), i32x4.extract_lane(bits, 1));
    lightDistance = Infinity;
    lightRadiance = sampledRadiance;
    lightDensity = sampledDensity * environmentShare;
    return lightDensity > 0;
  }
  if (selection < punctualBits) {
    if (!samplePunctual(origin, stretched(selection - environmentBits, punctualBits - environmentBits))) {
      return false;
    }
    lightIsPunctual = true;
    lightDirection = punctualDirection;
    lightDistance = punctualDistance;
    lightRadiance = punctualIrradiance;
    lightDensity = punctualChance * punctualShare;
    return lightDensity > 0;
  }
  if (emitterCount == 0) return false;
  if (!sampleEmitter(amongEmitters(selection), xOf(units), yOf(units))) return false;
  const reach = sub(emitterPoint, origin);
  let cos = -dot(emitterNormal, reach);
  const material = materialOf(emitterTriangle);
  const isBehind = cos < 0;
  if (isBehind && !isDoubleSided(material)) return false;
  const end = sub(offsetFrom(emitterPoint, isBehind ? negate(emitterNormal) : emitterNormal, emitterExtent), origin);
  const distance = lengthOf(end);
  if (!(distance > 0)) return false;
  lightDirection = scale(end, <f32>1 / distance);
  lightDistance = distance * SHORT_OF;
  cos = Mathf.abs(dot(emitterNormal, lightDirection));
  lightDensity = (emitterDensity * emitterShare * distance * distance) / cos;
  lightRadiance = coveredEmissionAt(material, emitterTriangle, emitterU, emitterV);
  return lightDensity > 0 && lightDensity < Infinity;
}

/**
 * Begins the choice of an emitter that `sampleLight` will make with the same numbers, where there are many.
 * @returns false where the numbers choose another kind of light
 */
export function beginChoice(down: Descent, bits: v128): bool {
  const selection = <u32>i32x4.extract_lane(bits, 2);
  if (selection < punctualBits) return false;
  begin(down, amongEmitters(selection));
  return true;
}

/** A number below `width` stretched over all 32 bits. */
function stretched(number: u32, width: u32): u32 {
  return <u32>((<f64>number / <f64>width) * 4294967295.0);
}

/** The selecting number stretched back over all 32 bits, once it has decided against the other kinds. */
function amongEmitters(selection: u32): u32 {
  if (punctualBits == 0) return selection;
  const share = <f64>(selection - punctualBits) / (4294967296.0 - <f64>punctualBits);
  return <u32>(share * 4294967295.0);
}

/** Density with which `sampleLight` aims where a scattered ray left the scene. */
export function densityOfEnvironment(): f32 {
  return environmentShare > 0 ? environmentDensity() * environmentShare : 0;
}

/** Density with which `sampleLight` aims at a point of an emitter that a scattered ray hit. */
export function densityOfEmitter(triangle: u32, doubleArea: f32, cos: f32, distance: f32): f32 {
  if (emitterCount == 0) return 0;
  const density = emitterDensityOf(triangle, doubleArea) * emitterShare;
  return cos > 0 ? (density * distance * distance) / cos : 0;
}
