/**
 * An ordered list that several change at once. Places are said by neighbours, not by numbers: what is put behind an entry stays behind it,
 * whatever others insert or remove meanwhile. Of several put behind the same entry, the later in the room's order stands first.
 */
import type { Plain, Reducer, UpdateHash } from '../contract.ts';
import { demand, isRecord } from './refusal.ts';

/** An entry of a list. */
export interface ListEntry {
  /** Of the update that inserted it. */
  readonly id: UpdateHash;
  readonly value: Plain;
  readonly [key: string]: Plain;
}

/**
 * Behind which entry: the nearest first, then those before it, in case it is gone when the update counts (`placeAt`). Empty, or none of them
 * there: at the beginning.
 */
export type Place = readonly UpdateHash[];

/** What a list takes. */
export type ListUpdate =
  | { readonly insert: Plain; readonly after: Place }
  | { readonly move: UpdateHash; readonly after: Place }
  | { readonly set: UpdateHash; readonly value: Plain }
  | { readonly remove: UpdateHash };

/** Neighbours that a place names. */
const MAX_NEIGHBOURS = 8;

/** The place of what shall stand at that index of the list as it is now; the list's length is its end. */
export function placeAt(list: readonly ListEntry[], index: number): Place {
  return list
    .slice(Math.max(0, index - MAX_NEIGHBOURS), index)
    .map(({ id }) => id)
    .reverse();
}

/** Begins as `[]`. */
export const listReducer: Reducer<readonly ListEntry[], ListUpdate> = {
  name: 'leafcutter/list/1',
  reduce(list, update, { hash }) {
    demand(isRecord(update), 'it is no change of a list');
    if ('insert' in update) return put(list, { id: hash, value: update.insert }, update.after);
    const id = 'move' in update ? update.move : 'set' in update ? update.set : update.remove;
    const at = list.findIndex((entry) => entry.id === id);
    const entry = list[at];
    demand(entry !== undefined, 'the entry is not there any more');
    if ('set' in update) return list.with(at, { id, value: update.value });
    const rest = list.toSpliced(at, 1);
    return 'move' in update ? put(rest, entry, update.after) : rest;
  },
};

function put(list: readonly ListEntry[], entry: ListEntry, after: unknown): readonly ListEntry[] {
  demand(entry.value !== undefined, 'an entry has a value');
  demand(Array.isArray(after) && after.length <= MAX_NEIGHBOURS, 'a place is a list of at most 8 neighbours');
  const neighbour = after.find((id) => list.some((one) => one.id === id));
  const at = list.findIndex((one) => one.id === neighbour);
  return list.toSpliced(at + 1, 0, entry);
}
