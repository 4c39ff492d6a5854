/**
 * The debug panel's message log: bounded, filtered, paused without losing the picture. Appending costs a push; a list
 * for the eye is made at most ten times a second, so that a busy mesh is not slowed by being watched.
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

/** Rows kept. At 500 frames a second of a full transfer that is the last ten seconds; about 2 MB. */
export const TRACE_CAPACITY = 5000;

export class TraceLog {
  #rows: TraceRow[] = [];
  #shown: TraceRow[] = [];
  #filter: TraceFilter = NO_FILTER;
  #sequence = 0;
  #types = new Set<string>();
  readonly #capacity: number;

  constructor(capacity: number = TRACE_CAPACITY) {
    this.#capacity = capacity;
  }

  append(entries: readonly TraceEntry[]): void {
    for (const entry of entries) {
      const row = { sequence: this.#sequence, entry };
      this.#sequence += 1;
      this.#types.add(entry.type);
      this.#rows.push(row);
      if (matches(entry, this.#filter)) this.#shown.push(row);
    }
    // Trim in large steps: shifting one by one would copy the array for every frame.
    if (this.#rows.length > 1.2 * this.#capacity) {
      this.#rows = this.#rows.slice(-this.#capacity);
      const first = this.#rows[0]?.sequence ?? 0;
      this.#shown = this.#shown.filter((row) => row.sequence >= first);
    }
  }

  setFilter(filter: TraceFilter): void {
    this.#filter = filter;
    this.#shown = this.#rows.filter((row) => matches(row.entry, filter));
  }

  /** Oldest first, at most the capacity. The array is replaced or grown: read it, do not keep it. */
  rows(): readonly TraceRow[] {
    const shown = this.#shown;
    return shown.length > this.#capacity ? shown.slice(-this.#capacity) : shown;
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
