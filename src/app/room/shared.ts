/** What can be set for all: where the camera is, how the picture is shown, and what will be rendered. */
import { demand, isRecord, numberOf, textOf } from './refusals.ts';
import { type Moment, momentOf } from './stage-link.ts';

/** Fields of the settings' form by name, as they are typed. */
export type SharedSettings = { readonly [field: string]: string | boolean };

export type Shared =
  | { readonly kind: 'camera'; readonly moment: Moment }
  | {
      readonly kind: 'look';
      readonly toneMapping: string;
      readonly exposure: number;
      readonly isAutomatic: boolean;
    }
  | { readonly kind: 'settings'; readonly settings: SharedSettings };

export type SharedKind = Shared['kind'];

const MAX_FIELDS = 40;
const MAX_FIELD = 100;
const MAX_FIELD_NAME = 40;

/** @throws UpdateRefusedError */
export function sharedOf(value: unknown): Shared {
  demand(isRecord(value), 'it shares nothing');
  switch (value['kind']) {
    case 'camera':
      return { kind: 'camera', moment: momentOf(value['moment']) };
    case 'look':
      return {
        kind: 'look',
        toneMapping: textOf(value['toneMapping'], MAX_FIELD),
        exposure: numberOf(value['exposure']),
        isAutomatic: value['isAutomatic'] === true,
      };
    default:
      demand(value['kind'] === 'settings', 'it shares nothing that this page knows');
      return { kind: 'settings', settings: settingsOf(value['settings']) };
  }
}

function settingsOf(value: unknown): SharedSettings {
  demand(isRecord(value), 'it is no settings');
  const fields = Object.entries(value);
  demand(fields.length <= MAX_FIELDS, `there are at most ${MAX_FIELDS} settings`);
  for (const [name, field] of fields) {
    demand(name.length <= MAX_FIELD_NAME, 'it is no settings');
    const isFine = typeof field === 'boolean' || (typeof field === 'string' && field.length <= MAX_FIELD);
    demand(isFine, 'a setting is a short text, or on or off');
  }
  return value as SharedSettings;
}
