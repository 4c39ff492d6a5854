/** The settings that a person finds again at the next visit: all but what belongs to a scene (focus) or to a file of that visit. */
import type { EnvironmentChoice } from '../../render/settings.ts';
import { FIELD_RULES, type NumberField } from './settings-fields.ts';
import { DEFAULT_FORM, type SettingsForm } from './settings-form.ts';

const MAX_TEXT = 32;
const FIELDS = (Object.keys(FIELD_RULES) as NumberField[]).filter((field) => field !== 'focus');

/** What of the form is worth keeping: what is not as at first. An environment only where the person chose it. */
export function lastingForm(form: SettingsForm, isEnvironmentChosen: boolean): Partial<SettingsForm> {
  const { focus: _, environment, ...rest } = form;
  const changed = Object.entries(rest).filter(
    ([name, value]) => value !== DEFAULT_FORM[name as keyof SettingsForm],
  );
  const isKept = isEnvironmentChosen && environment.kind !== 'file';
  return { ...Object.fromEntries(changed), ...(isKept ? { environment } : {}) };
}

/** From storage, where an older or newer page may have written: only what has the right form. */
export function readLastingForm(value: unknown): Partial<SettingsForm> {
  if (typeof value !== 'object' || value === null) return {};
  const { stopAt, hasLens, environment, ...rest } = value as Readonly<Record<string, unknown>>;
  const texts = FIELDS.flatMap((field) => {
    const text = rest[field];
    return typeof text === 'string' && text.length <= MAX_TEXT ? [[field, text] as const] : [];
  });
  const chosen = readEnvironment(environment);
  return {
    ...Object.fromEntries(texts),
    ...(stopAt === 'samples' || stopAt === 'noise' ? { stopAt } : {}),
    ...(typeof hasLens === 'boolean' ? { hasLens } : {}),
    ...(chosen ? { environment: chosen } : {}),
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
