/** A map of which each field has the value that was written last, in the room's order: settings, a form, who does what. */
import type { Plain, Reducer } from '../contract.ts';
import { mapReducer } from './map-reducer.ts';
import { demand, isRecord } from './refusal.ts';

/** Field by field. */
export type Fields = { readonly [field: string]: Plain };

/** What is written, and what is taken away: fields that an update does not name stay. */
export interface FieldsUpdate {
  readonly set?: Fields;
  readonly remove?: readonly string[];
  readonly [key: string]: Plain;
}

/** Begins as `{}`, or with fields that are there from the beginning. */
export const fieldsReducer: Reducer<Fields, FieldsUpdate> = mapReducer(
  'leafcutter/fields/1',
  (fields, update) => {
    demand(isRecord(update), 'it names no fields');
    const { set = {}, remove = [] } = update;
    demand(isRecord(set), '`set` is a map of fields');
    demand(
      Array.isArray(remove) && remove.every((field) => typeof field === 'string'),
      '`remove` is a list of names',
    );
    for (const field of remove) fields.delete(field);
    for (const [field, value] of Object.entries(set as Fields)) fields.set(field, value);
  },
);
