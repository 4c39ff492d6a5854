/**
 * KHR_lights_punctual: the lights that nodes of the shown scene hold. Candela and lux are taken one to one for radiance
 * times square metres and for irradiance, as the extension's own renderers and every exporter's "unitless" mode do.
 */
import type { CheckedJson, JsonObject } from '../checked-json.ts';
import type { FlatLight } from '../format.ts';
import { type Matrix4, normalised } from '../geometry/matrix.ts';
import {
  MAX_COORDINATE,
  MAX_DISTANCE,
  MAX_LIGHTS,
  MAX_RADIANCE,
  MIN_DISTANCE,
  QUARTER_TURN,
} from '../limits.ts';
import type { Warnings } from '../warnings.ts';
import { extensionOf } from './extensions.ts';

export const LIGHTS = 'KHR_lights_punctual';

export interface LightInstance {
  /** Which of the file's lights. */
  readonly light: number;
  /** The node's name, "" without one. */
  readonly nodeName: string;
  readonly matrix: Matrix4;
}

const DEFAULT_OUTER_CONE = QUARTER_TURN / 2;
/** The sharpest edge of a cone: it must have a width, for the kernel divides by it. */
const SHARPEST = 0.999;

/** The file's lights, undecoded; nodes name them by their place. */
export function lightDefs(json: CheckedJson, root: JsonObject, warnings: Warnings): readonly unknown[] {
  return warnings.salvage(() => {
    const { lights } = extensionOf(json, root, LIGHTS, 'glTF') ?? {};
    return json.list(lights, `extensions.${LIGHTS}.lights`);
  }, []);
}

/** Lights that give no light, or cannot be read, are left out. */
export function readLights(
  json: CheckedJson,
  root: JsonObject,
  instances: readonly LightInstance[],
  warnings: Warnings,
): FlatLight[] {
  const values = lightDefs(json, root, warnings);
  const lights = instances.flatMap((instance, i) => {
    const part = `extensions.${LIGHTS}.lights[${instance.light}]`;
    const read = (): FlatLight | undefined =>
      readLight(json, json.object(values[instance.light], part), part, instance, i, warnings);
    const light = warnings.salvage(read, undefined);
    return light ? [light] : [];
  });
  if (lights.length <= MAX_LIGHTS) return lights;
  warnings.add(`of ${lights.length} lights the first ${MAX_LIGHTS} are used`);
  return lights.slice(0, MAX_LIGHTS);
}

function readLight(
  json: CheckedJson,
  def: JsonObject,
  part: string,
  { nodeName, matrix }: LightInstance,
  place: number,
  warnings: Warnings,
): FlatLight | undefined {
  const { type, name: lightName, color = [1, 1, 1], intensity = 1, range, spot } = def;
  const word = typeof type === 'string' ? type.toLowerCase() : type;
  const kind = json.oneOf(word, ['point', 'spot', 'directional'], `${part}.type`);
  const name = json.name(nodeName, json.name(lightName, `Light ${place + 1}`));
  const within = (value: number, min: number, max: number, field: string): number => {
    if (value >= min && value <= max) return value;
    const nearest = value < min ? min : max;
    warnings.add(`light "${name}": ${field} ${value} was taken as ${nearest}`);
    return nearest;
  };
  const strength = within(json.number(intensity, `${part}.intensity`), 0, MAX_RADIANCE, 'intensity');
  const [r = 0, g = 0, b = 0] = json
    .numbers(color, 3, `${part}.color`)
    .map((channel) => within(channel * strength, 0, MAX_RADIANCE, 'color'));
  if (r === 0 && g === 0 && b === 0) return undefined;
  const [, , , , , , , , zx = 0, zy = 0, zz = 0, , x = 0, y = 0, z = 0] = matrix;
  // A light shines along its node's -Z.
  const direction = normalised([-zx, -zy, -zz]) ?? (kind === 'point' ? ([0, 0, -1] as const) : undefined);
  if (!direction || ![x, y, z].every((value) => Math.abs(value) <= MAX_COORDINATE)) {
    warnings.add(`the light "${name}" stands in no usable place and was left out`);
    return undefined;
  }
  const cone = kind === 'spot' ? json.optionalObject(spot, `${part}.spot`) : {};
  const { innerConeAngle = 0, outerConeAngle = DEFAULT_OUTER_CONE } = cone;
  const angle = (value: unknown, field: string): number =>
    within(json.number(value, `${part}.spot.${field}`), 0, QUARTER_TURN, field);
  const outer = Math.max(angle(outerConeAngle, 'outerConeAngle'), MIN_DISTANCE);
  return {
    name,
    intensity: [r, g, b],
    position: [x + 0, y + 0, z + 0],
    direction,
    kind,
    range: range === undefined ? Number.POSITIVE_INFINITY : readRange(json.number(range, `${part}.range`)),
    innerConeAngle: Math.min(angle(innerConeAngle, 'innerConeAngle'), outer * SHARPEST),
    outerConeAngle: outer,
  };

  /** 0 and the largest number of an exporter's type both mean that nobody set one. */
  function readRange(metres: number): number {
    if (metres <= 0 || metres > MAX_DISTANCE) return Number.POSITIVE_INFINITY;
    return Math.max(metres, MIN_DISTANCE);
  }
}
