/** The number fields of the settings: what each may be, in which unit, and the sentence for when it is not. */
import { MAX_F_NUMBER, MIN_F_NUMBER } from '../../render/lens.ts';
import { MAX_BOUNCES, MAX_SAMPLES, MAX_SIDE, MAX_STRENGTH } from '../../render/settings.ts';
import { formatNumber } from './format.ts';

/** A seed is 32 bits: that is what the kernel's hash takes. */
export const MAX_SEED = 0xffff_ffff;

export type NumberField =
  | 'width'
  | 'height'
  | 'samples'
  | 'maxSamples'
  | 'noise'
  | 'bounces'
  | 'seed'
  | 'clamp'
  | 'environmentStrength'
  | 'environmentRotation'
  | 'fNumber'
  | 'focus';

export interface FieldRule {
  readonly label: string;
  /** Shown behind the field and read aloud with its name. */
  readonly unit?: string;
  readonly min: number;
  readonly max: number;
  readonly isWhole: boolean;
  /** What one press of an arrow key adds. */
  readonly step: number;
  /** Empty means: choose for me. */
  readonly mayBeEmpty?: boolean;
}

const whole = (label: string, min: number, max: number): FieldRule => ({
  label,
  min,
  max,
  isWhole: true,
  step: 1,
});

export const FIELD_RULES: Readonly<Record<NumberField, FieldRule>> = {
  width: whole('Width', 1, MAX_SIDE),
  height: whole('Height', 1, MAX_SIDE),
  samples: whole('Samples', 1, MAX_SAMPLES),
  maxSamples: whole('Most samples', 1, MAX_SAMPLES),
  // Below, no number of samples that we allow gets there.
  noise: { label: 'Noise goal', min: 0.0001, max: 1, isWhole: false, step: 0.005 },
  bounces: whole('Bounces', 0, MAX_BOUNCES),
  seed: whole('Seed', 0, MAX_SEED),
  // Lamps are rarely above a thousand; a million is as good as off.
  clamp: { label: 'Clamp', min: 0, max: 1e6, isWhole: false, step: 1 },
  environmentStrength: { label: 'Strength', unit: '×', min: 0, max: MAX_STRENGTH, isWhole: false, step: 0.1 },
  environmentRotation: { label: 'Rotation', unit: '°', min: -360, max: 360, isWhole: false, step: 5 },
  fNumber: {
    label: 'Aperture',
    unit: 'f-number',
    min: MIN_F_NUMBER,
    max: MAX_F_NUMBER,
    isWhole: false,
    step: 0.1,
  },
  // From a millimetre to a thousand kilometres.
  focus: {
    label: 'Focus distance',
    unit: 'm',
    min: 0.001,
    max: 1e6,
    isWhole: false,
    step: 0.1,
    mayBeEmpty: true,
  },
};

/** The number, undefined where it is empty and may be, or a sentence that says what is wanted. */
export function readField(text: string, rule: FieldRule): number | string | undefined {
  const { label, unit, min, max, isWhole, mayBeEmpty } = rule;
  if (mayBeEmpty && text.trim() === '') return undefined;
  const kind = isWhole ? 'a whole number' : 'a number';
  const suffix = unit === undefined || unit === '×' || unit === 'f-number' ? '' : ` ${unit}`;
  const wanted = `${label} must be ${kind} from ${formatNumber(min)} to ${formatNumber(max)}${suffix}${mayBeEmpty ? ', or empty' : ''}.`;
  const pattern = isWhole ? /^\s*\d+\s*$/ : /^\s*-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;
  if (!pattern.test(text)) return wanted;
  const value = Number(text);
  return value >= min && value <= max ? value : wanted;
}
