/**
 * The settings as they are typed, and what they mean. Fields hold text, so that a half-typed number is not fought with;
 * `readSettings` turns them into RenderSettings or into one sentence per field that says what would be right.
 */
import { lensOf } from '../../render/lens.ts';
import type { FlatCamera } from '../../render/scene/index.ts';
import {
  DEFAULT_SETTINGS,
  type EnvironmentChoice,
  type Lens,
  MAX_SIDE,
  type RenderSettings,
  type RenderSpec,
} from '../../render/settings.ts';
import { formatCount } from './format.ts';
import { FIELD_RULES, type NumberField, readField } from './settings-fields.ts';

/** What ends a render: every pixel has its samples, or no part of the picture is noisier than wanted. */
export type StopAt = 'samples' | 'noise';

export type SettingsForm = Readonly<Record<NumberField, string>> & {
  readonly stopAt: StopAt;
  readonly hasLens: boolean;
  readonly environment: EnvironmentChoice;
};

export type FieldErrors = Partial<Record<NumberField, string>>;

export interface SizePreset {
  readonly name: string;
  readonly width: number;
  readonly height: number;
}

export const SIZE_PRESETS: readonly SizePreset[] = [
  { name: 'Square', width: 512, height: 512 },
  { name: 'HD', width: 1280, height: 720 },
  { name: 'Full HD', width: 1920, height: 1080 },
  { name: '4K', width: 3840, height: 2160 },
];

/** Samples per pixel by what one wants to see. */
export const QUALITY_PRESETS = [
  { name: 'Draft', samples: 16 },
  { name: 'Good', samples: 64 },
  { name: 'Fine', samples: 256 },
  { name: 'Final', samples: 1024 },
] as const;

/** The same as noise: seven, one and a half, and less than half a step of an 8-bit picture (film/noise.ts). */
export const NOISE_PRESETS = [
  { name: 'Draft', noise: 0.1 },
  { name: 'Good', noise: 0.02 },
  { name: 'Fine', noise: 0.005 },
] as const;

export const DEFAULT_FORM: SettingsForm = {
  width: String(DEFAULT_SETTINGS.width),
  height: String(DEFAULT_SETTINGS.height),
  samples: String(DEFAULT_SETTINGS.samples),
  // Ends the few Tiles that never get calm (a caustic), before they hold up everything.
  maxSamples: '4096',
  noise: '0.02',
  bounces: String(DEFAULT_SETTINGS.bounces),
  seed: String(DEFAULT_SETTINGS.seed),
  clamp: String(DEFAULT_SETTINGS.clamp),
  environmentStrength: String(DEFAULT_SETTINGS.environmentStrength),
  environmentRotation: '0',
  // Enough blur to be seen, and a usual lens.
  fNumber: '2.8',
  focus: '',
  stopAt: 'samples',
  hasLens: false,
  environment: DEFAULT_SETTINGS.environment,
};

/**
 * The most pixels a page takes on: the film keeps three floats a pixel and the canvas four bytes, in every tab that
 * watches. 8,192 x 4,096 is 537 MB of that; beyond, tabs start to die instead of rendering.
 */
export const MAX_PIXELS = MAX_SIDE * (MAX_SIDE / 2);

export type ReadSettings =
  | { readonly ok: true; readonly settings: RenderSettings }
  | { readonly ok: false; readonly errors: FieldErrors };

/** What comes from the stage, not from text. */
export interface StageCamera {
  readonly camera: number | FlatCamera;
  /** The camera itself; undefined without a scene. */
  readonly view: FlatCamera | undefined;
  /** Metres; where the focus is if nobody chose. */
  readonly autoFocus: number;
}

/** Fields that mean nothing as the form stands: what is in them cannot be wrong. */
function isIdle(field: NumberField, { stopAt, hasLens }: SettingsForm): boolean {
  switch (field) {
    case 'samples':
      return stopAt !== 'samples';
    case 'maxSamples':
    case 'noise':
      return stopAt !== 'noise';
    case 'fNumber':
    case 'focus':
      return !hasLens;
    default:
      return false;
  }
}

/** `exposure` in stops. */
export function readSettings(form: SettingsForm, exposure: number, stage: StageCamera): ReadSettings {
  const errors: FieldErrors = {};
  const numbers: Partial<Record<NumberField, number>> = {};
  for (const field of Object.keys(FIELD_RULES) as NumberField[]) {
    if (isIdle(field, form)) continue;
    const read = readField(form[field], FIELD_RULES[field]);
    if (typeof read === 'string') errors[field] = read;
    else if (read !== undefined) numbers[field] = read;
  }
  const { width = 0, height = 0 } = numbers;
  if (width * height > MAX_PIXELS) {
    errors.height = `The picture may have at most ${formatCount(MAX_PIXELS)} pixels: make it smaller.`;
  }
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  const { maxSamples, environmentRotation = 0, fNumber, focus, ...plain } = numbers;
  const turns = environmentRotation / 360;
  return {
    ok: true,
    settings: {
      ...DEFAULT_SETTINGS,
      ...plain,
      ...(maxSamples === undefined ? {} : { samples: maxSamples }),
      environmentRotation: turns - Math.floor(turns),
      lens: lensOfForm(stage, fNumber, focus),
      environment: form.environment,
      exposure,
      camera: stage.camera,
    },
  };
}

function lensOfForm({ view, autoFocus }: StageCamera, fNumber: number | undefined, focus?: number): Lens {
  if (fNumber === undefined || !view) return DEFAULT_SETTINGS.lens;
  return lensOf(view, fNumber, focus ?? autoFocus);
}

/** What to type for a render like that one: all but its camera and lens, which belong to its scene. */
export function formOf(
  settings: RenderSpec['settings'],
): Omit<SettingsForm, 'environment' | 'fNumber' | 'focus' | 'hasLens'> {
  const { width, height, samples, noise, bounces, seed, clamp } = settings;
  const { environmentStrength, environmentRotation } = settings;
  const isByNoise = noise > 0;
  return {
    width: String(width),
    height: String(height),
    samples: isByNoise ? DEFAULT_FORM.samples : String(samples),
    maxSamples: isByNoise ? String(samples) : DEFAULT_FORM.maxSamples,
    noise: isByNoise ? String(noise) : DEFAULT_FORM.noise,
    bounces: String(bounces),
    seed: String(seed),
    clamp: String(clamp),
    environmentStrength: String(environmentStrength),
    environmentRotation: String(Number((360 * environmentRotation).toFixed(3))),
    stopAt: isByNoise ? 'noise' : 'samples',
  };
}

/** Whole workers from nought to four a core (more only makes a machine swap); undefined when the text is no such number. */
export function readWorkers(text: string, cores: number): number | undefined {
  if (!/^\s*\d+\s*$/.test(text)) return undefined;
  const value = Number(text);
  return value <= maxWorkers(cores) ? value : undefined;
}

export function maxWorkers(cores: number): number {
  return Math.max(4, 4 * cores);
}
