/**
 * The debug panel's message log: the newest ten thousand messages, filtered, paused without losing the picture. Messages
 * come in batches, at most ten a second, so that a busy mesh is not slowed by being watched.
 */
import type { TraceEntry } from '../../mesh/index.ts';
import type { NodeId } from '../../wire/index.ts';

export interface TraceRow {
  readonly sequence: number;
  readonly entry: TraceEntry;
}

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
  #rows: TraceRow[] = [];
  #shown: TraceRow[] = [];
  #filter: TraceFilter = NO_FILTER;
  #sequence = 0;
  #droppedRows = 0;
  #types = new Set<string>();
  readonly #capacity: number;

  constructor(capacity: number = TRACE_CAPACITY) {
    this.#capacity = capacity;
  }

  append(entries: readonly TraceEntry[]): void {
    const newest = entries.length > this.#capacity ? entries.slice(-this.#capacity) : entries;
    this.#sequence += entries.length - newest.length;
    for (const entry of newest) {
      const row = { sequence: this.#sequence, entry };
      this.#sequence += 1;
      this.#types.add(entry.type);
      this.#rows.push(row);
      if (matches(entry, this.#filter)) this.#shown.push(row);
    }
    const excess = this.#rows.length - this.#capacity;
    if (excess <= 0) return;
    // Once a batch, not once a row: it moves the whole list.
    this.#rows.splice(0, excess);
    const oldest = this.#rows[0]?.sequence ?? 0;
    const kept = this.#shown.findIndex(({ sequence }) => sequence >= oldest);
    this.#droppedRows += this.#shown.splice(0, kept < 0 ? this.#shown.length : kept).length;
  }

  setFilter(filter: TraceFilter): void {
    this.#filter = filter;
    this.#shown = this.#rows.filter((row) => matches(row.entry, filter));
    this.#droppedRows = 0;
  }

  /** Oldest first, at most the capacity. The array changes: read it, do not keep it. */
  rows(): readonly TraceRow[] {
    return this.#shown;
  }

  /** How many rows have gone at the beginning of `rows()` since the filter was set: what stands there has moved up by as many. */
  get droppedRows(): number {
    return this.#droppedRows;
  }

  /** Every type seen so far, for the filter's choices. */
  types(): readonly string[] {
    return [...this.#types].sort();
  }

  get total(): number {
    return this.#rows.length;
  }

  clear(): void {
    this.#rows = [];
    this.#shown = [];
    this.#droppedRows = 0;
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
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const haystack =
    `${entry.direction} ${entry.type} ${entry.note} ${entry.source} ${entry.target ?? ''} ${entry.link}`.toLowerCase();
  return words.every((word) => haystack.includes(word));
}
