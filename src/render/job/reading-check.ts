/** How a scene's files are to be read, as another Node says it. */
import type { SceneReading } from '../scene/index.ts';
import { BadSettingsError, isRecord } from './settings-check.ts';

/** Of a path or a name in the file. */
const MAX_TEXT = 1_000;

const isText = (value: unknown): boolean => typeof value === 'string' && value.length <= MAX_TEXT;
const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);
const isChoice = (value: unknown): boolean =>
  isText(value) || (Number.isSafeInteger(value) && Number(value) >= 0);

const FIELDS: Readonly<Record<keyof SceneReading, (value: unknown) => boolean>> = {
  main: isText,
  animation: (value) => value === null || isChoice(value),
  scene: isChoice,
  variant: isChoice,
  pointSize: isNumber,
  time: isNumber,
};

/** Exactly the known fields; what they mean in the file is the reader's to say. @throws BadSettingsError */
export function readReading(value: unknown): SceneReading {
  if (!isRecord(value)) throw new BadSettingsError('how the scene is read is damaged');
  const reading: Record<string, unknown> = {};
  for (const [field, isFine] of Object.entries(FIELDS)) {
    const given = value[field];
    if (given === undefined) continue;
    if (!isFine(given)) throw new BadSettingsError(`how the scene is read is damaged: its ${field}`);
    reading[field] = given;
  }
  return reading as SceneReading;
}
