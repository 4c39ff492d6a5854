/**
 * The settings as they are typed, and what they mean. Fields hold text, so that a half-typed number is not fought with;
 * `readSettings` turns them into RenderSettings or into one sentence per field that says what would be right.
 */
import type { FlatCamera } from '../../render/scene/index.ts';
import {
  DEFAULT_SETTINGS,
  type EnvironmentChoice,
  MAX_BOUNCES,
  MAX_SAMPLES,
  MAX_SIDE,
  type RenderSettings,
} from '../../render/settings.ts';
import { formatCount } from './format.ts';

export interface SettingsForm {
  readonly width: string;
  readonly height: string;
  readonly samples: string;
  readonly bounces: string;
  readonly seed: string;
  readonly environment: EnvironmentChoice;
}

export type NumberField = 'width' | 'height' | 'samples' | 'bounces' | 'seed';
export type FieldErrors = Partial<Record<NumberField, string>>;

/** A seed is 32 bits: that is what the kernel's hash takes. */
export const MAX_SEED = 0xffff_ffff;

interface Bounds {
  readonly label: string;
  readonly min: number;
  readonly max: number;
}

export const FIELD_BOUNDS: Readonly<Record<NumberField, Bounds>> = {
  width: { label: 'Width', min: 1, max: MAX_SIDE },
  height: { label: 'Height', min: 1, max: MAX_SIDE },
  samples: { label: 'Samples', min: 1, max: MAX_SAMPLES },
  bounces: { label: 'Bounces', min: 0, max: MAX_BOUNCES },
  seed: { label: 'Seed', min: 0, max: MAX_SEED },
};

export const DEFAULT_FORM: SettingsForm = {
  width: String(DEFAULT_SETTINGS.width),
  height: String(DEFAULT_SETTINGS.height),
  samples: String(DEFAULT_SETTINGS.samples),
  bounces: String(DEFAULT_SETTINGS.bounces),
  seed: String(DEFAULT_SETTINGS.seed),
  environment: DEFAULT_SETTINGS.environment,
};

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

/**
 * The most pixels a page takes on: the film keeps three floats a pixel and the canvas four bytes, in every tab that
 * watches. 8,192 x 4,096 is 537 MB of that; beyond, tabs start to die instead of rendering.
 */
export const MAX_PIXELS = MAX_SIDE * (MAX_SIDE / 2);

export type ReadSettings =
  | { readonly ok: true; readonly settings: RenderSettings }
  | { readonly ok: false; readonly errors: FieldErrors };

/** `exposure` in stops and `camera` come from the stage, not from text. */
export function readSettings(
  form: SettingsForm,
  exposure: number,
  camera: number | FlatCamera,
): ReadSettings {
  const errors: FieldErrors = {};
  const numbers = {} as Record<NumberField, number>;
  for (const field of Object.keys(FIELD_BOUNDS) as NumberField[]) {
    const read = readWhole(form[field], FIELD_BOUNDS[field]);
    if (typeof read === 'string') errors[field] = read;
    else numbers[field] = read;
  }
  if (!errors.width && !errors.height && numbers.width * numbers.height > MAX_PIXELS) {
    errors.height = `The picture may have at most ${formatCount(MAX_PIXELS)} pixels: make it smaller.`;
  }
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  const { environment } = form;
  return { ok: true, settings: { ...DEFAULT_SETTINGS, ...numbers, environment, exposure, camera } };
}

/** The number, or a sentence that says what is wanted. */
function readWhole(text: string, { label, min, max }: Bounds): number | string {
  const wanted = `${label} must be a whole number from ${formatCount(min)} to ${formatCount(max)}.`;
  if (!/^\s*\d+\s*$/.test(text)) return wanted;
  const value = Number(text);
  return value >= min && value <= max ? value : wanted;
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
