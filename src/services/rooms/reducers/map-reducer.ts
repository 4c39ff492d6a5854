/** A reducer of a map, said as what an update changes in it. */
import type { MapDraft, Plain, Reducer, UpdateMeta } from '../contract.ts';

/**
 * With a reducer that copies its map, each update costs as much as there is in the map, and a thousand that come at once a thousand times
 * that. What `change` does is a function of the map, the update and its meta alone, as with any reducer.
 */
export function mapReducer<Value extends Plain, Update extends Plain>(
  name: string,
  change: (map: MapDraft<Value>, update: Update, meta: UpdateMeta) => void,
): Reducer<{ readonly [key: string]: Value }, Update> {
  return {
    name,
    reduce(state, update, meta) {
      const map = new Map(Object.entries(state));
      change(map, update, meta);
      return Object.fromEntries(map);
    },
    // What is in the map came from this function, or was there when the room began.
    change: (map, update, meta) => change(map as MapDraft<Value>, update, meta),
  };
}
