/** Where the newest updates of a room stand in a drawing: parents left of what follows them, what is side by side beneath each other. */
import type { RoomUpdate, UpdateHash } from '../../services/rooms/index.ts';

export interface PlacedUpdate {
  readonly update: RoomUpdate;
  readonly column: number;
  readonly row: number;
}

export interface DagLayout {
  readonly placed: readonly PlacedUpdate[];
  readonly lines: readonly { readonly from: PlacedUpdate; readonly to: PlacedUpdate }[];
  readonly columns: number;
  readonly rows: number;
}

/** @param updates in the room's order, parents first */
export function layoutDag(updates: readonly RoomUpdate[]): DagLayout {
  const byHash = new Map<UpdateHash, PlacedUpdate>();
  const used: number[] = [];
  const lines: DagLayout['lines'][number][] = [];
  for (const update of updates) {
    const parents = update.parents.flatMap((hash) => byHash.get(hash) ?? []);
    const column = parents.reduce((most, parent) => Math.max(most, parent.column + 1), 0);
    const row = used[column] ?? 0;
    used[column] = row + 1;
    const placed = { update, column, row };
    byHash.set(update.hash, placed);
    for (const from of parents) lines.push({ from, to: placed });
  }
  return { placed: [...byHash.values()], lines, columns: used.length, rows: Math.max(0, ...used) };
}
