/**
 * The debug panel's message log: the newest ten thousand messages, filtered, paused without losing the picture. Messages
 * come in batches, at most ten a second, so that a busy mesh is not slowed by being watched.
 */
import type { TraceEntry } from '../../mesh/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { FilteredLog, holdsWords, type LogRow } from './filtered-log.ts';

export type TraceRow = LogRow<TraceEntry>;

export interface TraceFilter {
  /** Exact message type; empty for all. */
  readonly type: string;
  /** As source, target or neighbour; empty for all. */
  readonly peer: NodeId | '';
  readonly direction: TraceEntry['direction'] | '';
  /** Every word must occur somewhere in the row, whatever its case. */
  readonly text: string;
}

export const NO_FILTER: TraceFilter = { type: '', peer: '', direction: '', text: '' };

/** Rows kept. At 500 frames a second of a full transfer that is the last twenty seconds; about 4 MB. */
export const TRACE_CAPACITY = 10_000;

export class TraceLog {
  readonly #log: FilteredLog<TraceEntry>;
  readonly #types = new Set<string>();

  constructor(capacity: number = TRACE_CAPACITY) {
    this.#log = new FilteredLog({ rows: capacity });
  }

  append(entries: readonly TraceEntry[]): void {
    for (const { type } of entries) this.#types.add(type);
    this.#log.append(entries);
  }

  setFilter(filter: TraceFilter): void {
    this.#log.setFilter((entry) => matches(entry, filter));
  }

  /** Oldest first, at most the capacity. The array changes: read it, do not keep it. */
  rows(): readonly TraceRow[] {
    return this.#log.rows();
  }

  /** See FilteredLog. */
  get droppedRows(): number {
    return this.#log.droppedRows;
  }

  /** Every type seen so far, for the filter's choices. */
  types(): readonly string[] {
    return [...this.#types].sort();
  }

  get total(): number {
    return this.#log.total;
  }

  clear(): void {
    this.#log.clear();
  }

  /** What is shown, one JSON object a line. */
  toJsonLines(): string {
    return this.rows()
      .map((row) => `${JSON.stringify(row.entry)}\n`)
      .join('');
  }
}

export function matches(entry: TraceEntry, filter: TraceFilter): boolean {
  if (filter.type !== '' && entry.type !== filter.type) return false;
  if (filter.direction !== '' && entry.direction !== filter.direction) return false;
  if (
    filter.peer !== '' &&
    entry.link !== filter.peer &&
    entry.source !== filter.peer &&
    entry.target !== filter.peer
  ) {
    return false;
  }
  return holdsWords(
    filter.text,
    () =>
      `${entry.direction} ${entry.type} ${entry.note} ${entry.source} ${entry.target ?? ''} ${entry.link}`,
  );
}
