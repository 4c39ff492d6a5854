// KHR_lights_punctual: lights without extent. A scattered ray never meets one, so aimed rays alone bring their light. One is
// chosen by its power, a directional light's being what falls on the disc that the scene shows it; what arrives of it is
//   point, spot    intensity / distance^2, times the range's window and the cone's fall-off as the extension gives them
//   directional    the same everywhere
import { allocDistribution, chance, choose, writeDistribution } from './distribution';
import {
  LIGHT_CONE_SCALE,
  LIGHT_COS_OUTER,
  LIGHT_DIRECTION,
  LIGHT_INNER_ANGLE,
  LIGHT_INTENSITY,
  LIGHT_IS_DIRECTIONAL,
  LIGHT_IS_SPOT,
  LIGHT_KIND,
  LIGHT_OUTER_ANGLE,
  LIGHT_POSITION,
  LIGHT_RANGE,
  LIGHT_STRIDE,
  OUT_OF_MEMORY,
  SCENE_LIGHT_COUNT,
  SCENE_LIGHTS,
} from './layout';
import { alloc, mark, release } from './memory';
import { scene } from './scene';
import { clamp, dot, luminance, negate, scale, sub } from './vector';

const PI: f64 = 3.141592653589793;
/**
 * This share of the chances is the same for all lights: a sun over a wide plain has a million times the power of the lamp in
 * the room that the camera is in.
 */
const EVEN_SHARE: f64 = 0.25;
/** Nearer than this (in metres, squared) a light is inside the surface, and its light would not be finite. */
const LEAST_DISTANCE2: f32 = 1e-16;

let lights: usize = 0;
let distribution: usize = 0;
export let punctualCount: u32 = 0;
/** Flux of all of them together, on the scale of `emitterPower`. */
export let punctualPower: f64 = 0;

function lightAt(index: u32): usize {
  return lights + <usize>index * LIGHT_STRIDE;
}

/** Tables the scene's lights; `radius` is the scene's, in metres. @returns 0 or OUT_OF_MEMORY. */
export function buildPunctual(radius: f64): i32 {
  punctualCount = 0;
  punctualPower = 0;
  const count = load<u32>(scene, SCENE_LIGHT_COUNT);
  if (count == 0) return 0;
  lights = load<usize>(scene, SCENE_LIGHTS);
  distribution = allocDistribution(count);
  const scratch = mark();
  const shares = alloc((<usize>count) << 2, 16);
  if (!distribution || !shares) return OUT_OF_MEMORY;
  let total: f64 = 0;
  let shining: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    prepareCone(lightAt(i));
    const power = powerOf(lightAt(i), radius);
    total += power;
    if (power > 0) shining++;
  }
  for (let i: u32 = 0; i < count; i++) {
    const power = powerOf(lightAt(i), radius);
    const share = power > 0 ? power / total + EVEN_SHARE / <f64>shining : 0;
    store<f32>(shares + ((<usize>i) << 2), <f32>share);
  }
  if (writeDistribution(distribution, shares, count) > 0) {
    punctualCount = count;
    punctualPower = total;
  }
  release(scratch);
  return 0;
}

/** The cosines are taken here: the host's may differ in the last bit from one browser to the next. */
function prepareCone(light: usize): void {
  const inner = NativeMath.cos(<f64>load<f32>(light, LIGHT_INNER_ANGLE));
  const outer = NativeMath.cos(<f64>load<f32>(light, LIGHT_OUTER_ANGLE));
  store<f32>(light, <f32>outer, LIGHT_COS_OUTER);
  store<f32>(light, <f32>(1 / NativeMath.max(0.001, inner - outer)), LIGHT_CONE_SCALE);
}

function powerOf(light: usize, radius: f64): f64 {
  const intensity = <f64>luminance(v128.load(light, LIGHT_INTENSITY));
  const kind = load<u32>(light, LIGHT_KIND);
  if (kind == LIGHT_IS_DIRECTIONAL) return intensity * PI * radius * radius;
  if (kind != LIGHT_IS_SPOT) return intensity * 4 * PI;
  // Full within the inner cone; the squared ramp between the cones integrates to a third of it.
  const outer = <f64>load<f32>(light, LIGHT_COS_OUTER);
  const inner = NativeMath.min(outer + 1 / <f64>load<f32>(light, LIGHT_CONE_SCALE), 1);
  return intensity * 2 * PI * (1 - inner + (inner - outer) / 3);
}

// What `samplePunctual` found.
/** Towards the light, unit length. */
export let punctualDirection: v128 = f32x4.splat(0);
/** How far away it is; infinite for directional lights. */
export let punctualDistance: f32 = 0;
/** Light per area across its direction, RGB. */
export let punctualIrradiance: v128 = f32x4.splat(0);
/** The chance that this light was the one. */
export let punctualChance: f32 = 0;

/** Chooses a light by 32 even bits; for punctualCount > 0. @returns false if none of it reaches `point`. */
export function samplePunctual(point: v128, bits: u32): bool {
  const light = lightAt(choose(distribution, punctualCount, bits));
  punctualChance = chance;
  const intensity = v128.load(light, LIGHT_INTENSITY);
  const axis = v128.load(light, LIGHT_DIRECTION);
  const kind = load<u32>(light, LIGHT_KIND);
  if (kind == LIGHT_IS_DIRECTIONAL) {
    punctualDirection = negate(axis);
    punctualDistance = Infinity;
    punctualIrradiance = intensity;
    return true;
  }
  const reach = sub(v128.load(light, LIGHT_POSITION), point);
  const distance2 = dot(reach, reach);
  if (!(distance2 > LEAST_DISTANCE2)) return false;
  punctualDistance = Mathf.sqrt(distance2);
  punctualDirection = scale(reach, <f32>1 / punctualDistance);
  let amount = window(punctualDistance / load<f32>(light, LIGHT_RANGE)) / distance2;
  if (kind == LIGHT_IS_SPOT) {
    const cos = -dot(axis, punctualDirection);
    const ramp = (cos - load<f32>(light, LIGHT_COS_OUTER)) * load<f32>(light, LIGHT_CONE_SCALE);
    const within = clamp(ramp, 0, 1);
    amount *= within * within;
  }
  punctualIrradiance = scale(intensity, amount);
  return amount > 0;
}

/** 1 near the light, 0 at its range: the extension's max(min(1 - (distance / range)^4, 1), 0). */
function window(share: f32): f32 {
  const share2 = share * share;
  return clamp(<f32>1 - share2 * share2, 0, 1);
}

/** For another instance over the same memory: writes what `adoptPunctual` takes over, 32 bytes. */
export function savePunctual(to: usize): void {
  store<usize>(to, lights);
  store<usize>(to, distribution, 4);
  store<u32>(to, punctualCount, 8);
  store<f64>(to, punctualPower, 16);
}

export function adoptPunctual(from: usize): void {
  lights = load<usize>(from);
  distribution = load<usize>(from, 4);
  punctualCount = load<u32>(from, 8);
  punctualPower = load<f64>(from, 16);
}
