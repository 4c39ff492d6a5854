/**
 * The settings that a person finds again at the next visit: all but what belongs to a scene (focus, exposure) or to a file of that
 * visit.
 */
import { DEFAULT_TONE_MAPPING, TONE_MAPPINGS, type ToneMapping } from '../../render/output/index.page.ts';
import type { EnvironmentChoice } from '../../render/settings.ts';
import { FIELD_RULES, type NumberField } from './settings-fields.ts';
import { DEFAULT_FORM, type SettingsForm } from './settings-form.ts';

const MAX_TEXT = 32;
const FIELDS = (Object.keys(FIELD_RULES) as NumberField[]).filter((field) => field !== 'focus');

export type LastingSettings = Partial<SettingsForm> & { readonly toneMapping?: ToneMapping };

/** What is worth keeping: what is not as at first. An environment only where the person chose it. */
export function lastingSettings(
  form: SettingsForm,
  isEnvironmentChosen: boolean,
  toneMapping: ToneMapping,
): LastingSettings {
  const { focus: _, environment, ...rest } = form;
  const changed = Object.entries(rest).filter(
    ([name, value]) => value !== DEFAULT_FORM[name as keyof SettingsForm],
  );
  const isKept = isEnvironmentChosen && environment.kind !== 'file';
  return {
    ...Object.fromEntries(changed),
    ...(isKept ? { environment } : {}),
    ...(toneMapping !== DEFAULT_TONE_MAPPING ? { toneMapping } : {}),
  };
}

/** From storage, where an older or newer page may have written: only what has the right form. */
export function readLastingSettings(value: unknown): LastingSettings {
  if (typeof value !== 'object' || value === null) return {};
  const { stopAt, hasLens, environment, toneMapping, ...rest } = value as Readonly<Record<string, unknown>>;
  const texts = FIELDS.flatMap((field) => {
    const text = rest[field];
    return typeof text === 'string' && text.length <= MAX_TEXT ? [[field, text] as const] : [];
  });
  const chosen = readEnvironment(environment);
  const curve = TONE_MAPPINGS.find((one) => one === toneMapping);
  return {
    ...Object.fromEntries(texts),
    ...(stopAt === 'samples' || stopAt === 'noise' ? { stopAt } : {}),
    ...(typeof hasLens === 'boolean' ? { hasLens } : {}),
    ...(chosen ? { environment: chosen } : {}),
    ...(curve ? { toneMapping: curve } : {}),
  };
}

function readEnvironment(value: unknown): EnvironmentChoice | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { kind, name, rgb } = value as Readonly<Record<string, unknown>>;
  if (kind === 'builtin' && typeof name === 'string' && name.length <= MAX_TEXT) return { kind, name };
  if (kind !== 'colour' || !Array.isArray(rgb) || rgb.length !== 3) return undefined;
  const [r, g, b]: unknown[] = rgb;
  const isRadiance = (one: unknown): one is number =>
    typeof one === 'number' && one >= 0 && Number.isFinite(one);
  return isRadiance(r) && isRadiance(g) && isRadiance(b) ? { kind, rgb: [r, g, b] } : undefined;
}
