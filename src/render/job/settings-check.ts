/**
 * Settings as a person typed them or as another Node sent them: every number in range before memory is taken or a kernel
 * sees it.
 */
import { LeafcutterError } from '../../runtime/index.ts';
import { type FlatCamera, MAX_RADIANCE } from '../scene/index.ts';
import {
  type EnvironmentChoice,
  type Lens,
  MAX_BOUNCES,
  MAX_FOCUS_DISTANCE,
  MAX_LENS_RADIUS,
  MAX_SAMPLES,
  MAX_SIDE,
  MAX_STRENGTH,
  type RenderSettings,
} from '../settings.ts';

export class BadSettingsError extends LeafcutterError {
  constructor(what: string) {
    super('bad-settings', what);
  }
}

type FrameSettings = Omit<RenderSettings, 'exposure'>;

function isInteger(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

function isWithin(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && value >= least && value <= most;
}

function isTriple(value: unknown): value is readonly [number, number, number] {
  return Array.isArray(value) && value.length === 3 && value.every((one) => Number.isFinite(one));
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function demand(isFine: boolean, what: string): asserts isFine {
  if (!isFine) throw new BadSettingsError(what);
}

function readCamera(value: unknown): FlatCamera | number {
  if (typeof value === 'number') {
    demand(isInteger(value, 0, 65_535), "the camera must be the number of one of the scene's cameras");
    return value;
  }
  const what = "the camera is damaged: choose one of the scene's cameras";
  demand(isRecord(value), what);
  const { name, position, right, up, back, projection } = value;
  demand(isRecord(projection), what);
  const { kind, yfov, ymag } = projection;
  demand(typeof name === 'string' && name.length <= 200, what);
  demand(isTriple(position) && isTriple(right) && isTriple(up) && isTriple(back), what);
  const base = { name, position, right, up, back };
  if (kind === 'perspective') {
    demand(typeof yfov === 'number' && yfov > 0 && yfov < Math.PI, what);
    return { ...base, projection: { kind: 'perspective', yfov } };
  }
  demand(kind === 'orthographic' && typeof ymag === 'number' && ymag > 0, what);
  demand(Number.isFinite(ymag), what);
  return { ...base, projection: { kind: 'orthographic', ymag } };
}

/**
 * Checked settings with exactly the known fields, from anything.
 * @throws BadSettingsError
 */
export function readSettings(value: unknown): FrameSettings {
  demand(isRecord(value), 'the settings are damaged');
  const { width, height, samples, bounces, seed, environment, camera } = value;
  const side = `must be a whole number of pixels from 1 to ${MAX_SIDE}`;
  demand(isInteger(width, 1, MAX_SIDE), `the width ${side}`);
  demand(isInteger(height, 1, MAX_SIDE), `the height ${side}`);
  demand(isInteger(samples, 1, MAX_SAMPLES), `samples must be a whole number from 1 to ${MAX_SAMPLES}`);
  demand(isInteger(bounces, 0, MAX_BOUNCES), `bounces must be a whole number from 0 to ${MAX_BOUNCES}`);
  demand(isInteger(seed, 0, 0xffff_ffff), 'the seed must be a whole number from 0 to 4294967295');
  const { noise, clamp, lens, environmentStrength, environmentRotation } = value;
  demand(isWithin(noise, 0, 1), 'the noise to reach must be a number from 0 (off) to 1');
  demand(isWithin(clamp, 0, MAX_RADIANCE), 'the clamp must be 0 (off) or a radiance above it');
  demand(isWithin(environmentStrength, 0, MAX_STRENGTH), 'the strength of the environment must be 0 or more');
  demand(
    isWithin(environmentRotation, 0, 1),
    'the rotation of the environment must be a part of a turn, 0 to 1',
  );
  return {
    ...{ width, height, samples, noise, bounces, seed, clamp, environmentStrength, environmentRotation },
    lens: readLens(lens),
    camera: readCamera(camera),
    environment: readEnvironment(environment),
  };
}

function readLens(value: unknown): Lens {
  demand(isRecord(value), 'the lens is damaged');
  const { radius, focusDistance } = value;
  demand(isWithin(radius, 0, MAX_LENS_RADIUS), 'the radius of the lens must be 0 metres or more');
  const isFocus = isWithin(focusDistance, 0, MAX_FOCUS_DISTANCE) && focusDistance > 0;
  demand(isFocus, 'the distance in focus must be more than 0 metres');
  return { radius, focusDistance };
}

function readEnvironment(value: unknown): EnvironmentChoice {
  demand(isRecord(value), 'the environment must be a colour, the name of a built-in one, or a file');
  const { kind, rgb, name } = value;
  if (kind === 'colour') {
    demand(
      isTriple(rgb) && rgb.every((one) => one >= 0 && one <= MAX_RADIANCE),
      `the environment's colour must be three numbers from 0 to ${MAX_RADIANCE}`,
    );
    return { kind, rgb: [rgb[0], rgb[1], rgb[2]] };
  }
  const isKnown = (kind === 'builtin' || kind === 'file') && typeof name === 'string';
  demand(isKnown, 'the environment is unknown');
  demand(name.length <= (kind === 'builtin' ? 64 : 200), "the environment's name is too long");
  return { kind, name };
}
