/** Punctual lights: checked, then written into the kernel's memory by the offsets of assembly/layout.ts. */
import { type FlatLight, MAX_RADIANCE } from '../scene/index.ts';
import * as layout from './assembly/layout.ts';
import { KernelError } from './errors.ts';

const KIND: Record<FlatLight['kind'], number> = {
  point: layout.LIGHT_IS_POINT,
  spot: layout.LIGHT_IS_SPOT,
  directional: layout.LIGHT_IS_DIRECTIONAL,
};

/** Metres from the origin; as of a camera. */
const FARTHEST = 1e15;
/** Directions of single precision are a little off unit length. */
const UNIT_TOLERANCE = 1e-3;
/** A quarter turn in single precision lies a little beyond one in double. */
const WIDEST = Math.PI / 2 + 1e-6;

/** @throws KernelError `invalid-scene` */
export function checkLights(lights: readonly FlatLight[]): void {
  for (const light of lights) {
    const refuse = (what: string): never => {
      throw new KernelError('invalid-scene', `the scene is damaged: ${what} of light ${light.name}`);
    };
    const { intensity, position, direction, kind, range, innerConeAngle, outerConeAngle } = light;
    if (!(kind in KIND)) refuse(`kind ${kind}`);
    const isLight = intensity.length === 3 && intensity.every((value) => value >= 0 && value <= MAX_RADIANCE);
    if (!isLight) refuse(`intensity ${intensity.join(', ')}`);
    if (kind !== 'directional') {
      const isPlace = position.length === 3 && position.every((value) => Math.abs(value) <= FARTHEST);
      if (!isPlace) refuse(`position ${position.join(', ')}`);
      if (!(range > 0)) refuse(`range ${range}`);
    }
    if (kind !== 'point') {
      const length = Math.hypot(...direction);
      const isUnit = direction.length === 3 && Math.abs(length - 1) < UNIT_TOLERANCE;
      if (!isUnit) refuse(`direction ${direction.join(', ')}`);
    }
    if (kind === 'spot') {
      const isCone = innerConeAngle >= 0 && innerConeAngle < outerConeAngle && outerConeAngle <= WIDEST;
      if (!isCone) refuse(`cone from ${innerConeAngle} to ${outerConeAngle}`);
    }
  }
}

/** Fills the records of `to`, LIGHT_STRIDE bytes each. */
export function writeLights(to: DataView, lights: readonly FlatLight[]): void {
  lights.forEach((light, i) => {
    const at = i * layout.LIGHT_STRIDE;
    const float = (offset: number, value: number) => to.setFloat32(at + offset, value, true);
    const vector = (offset: number, values: readonly number[]) => {
      for (let axis = 0; axis < 3; axis++) float(offset + 4 * axis, values[axis] ?? 0);
      float(offset + 12, 0);
    };
    vector(layout.LIGHT_INTENSITY, light.intensity);
    vector(layout.LIGHT_POSITION, light.position);
    vector(layout.LIGHT_DIRECTION, light.direction);
    to.setUint32(at + layout.LIGHT_KIND, KIND[light.kind], true);
    float(layout.LIGHT_RANGE, light.range);
    float(layout.LIGHT_INNER_ANGLE, light.innerConeAngle);
    float(layout.LIGHT_OUTER_ANGLE, light.outerConeAngle);
  });
}
