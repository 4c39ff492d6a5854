/** For tests only: lights without extent by the formulas of KHR_lights_punctual. */
import type { FlatLight } from '../../scene/index.ts';
import { dot, length, scale, sub, type Vec } from './naive-vector.ts';

export interface LightAtPoint {
  /** Unit length, towards the light. */
  readonly direction: Vec;
  readonly distance: number;
  /** On a surface that faces the light, RGB. */
  readonly irradiance: Vec;
}

/** Undefined where the light does not reach. */
export function punctualLight(light: FlatLight, point: Vec): LightAtPoint | undefined {
  if (light.kind === 'directional') {
    return {
      direction: scale(light.direction, -1),
      distance: Number.POSITIVE_INFINITY,
      irradiance: light.intensity,
    };
  }
  const towards = sub(light.position, point);
  const distance = length(towards);
  const direction = scale(towards, 1 / distance);
  const window = Math.max(0, Math.min(1, 1 - (distance / light.range) ** 4));
  const cone = light.kind === 'spot' ? coneOf(light, direction) : 1;
  const factor = (window * cone) / (distance * distance);
  return factor > 0 ? { direction, distance, irradiance: scale(light.intensity, factor) } : undefined;
}

function coneOf({ direction: axis, innerConeAngle, outerConeAngle }: FlatLight, towards: Vec): number {
  const outer = Math.cos(outerConeAngle);
  const slope = 1 / Math.max(0.001, Math.cos(innerConeAngle) - outer);
  const falloff = Math.max(0, Math.min(1, (-dot(axis, towards) - outer) * slope));
  return falloff * falloff;
}
