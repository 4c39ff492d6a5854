/**
 * Settings as a person typed them or as another Node sent them: every number in range before memory is taken or a kernel
 * sees it.
 */
import { LeafcutterError } from '../../runtime/index.ts';
import type { FlatCamera } from '../scene/index.ts';
import { MAX_BOUNCES, MAX_SAMPLES, MAX_SIDE, type RenderSettings } from '../settings.ts';

export class BadSettingsError extends LeafcutterError {
  constructor(what: string) {
    super('bad-settings', what);
  }
}

type FrameSettings = Omit<RenderSettings, 'exposure'>;

function isInteger(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
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
  demand(isRecord(environment), 'the environment must be a colour or the name of a built-in one');
  const { kind, rgb, name } = environment;
  const frame = { width, height, samples, bounces, seed, camera: readCamera(camera) };
  if (kind === 'colour') {
    demand(
      isTriple(rgb) && rgb.every((one) => one >= 0),
      "the environment's colour must be three numbers of 0 or more",
    );
    return { ...frame, environment: { kind: 'colour', rgb: [rgb[0], rgb[1], rgb[2]] } };
  }
  demand(kind === 'builtin' && typeof name === 'string', 'the environment is unknown');
  demand(name.length <= 64, "the environment's name is too long");
  return { ...frame, environment: { kind: 'builtin', name } };
}
