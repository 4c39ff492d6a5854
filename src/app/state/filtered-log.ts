/**
 * The newest rows of something that goes on and on, within a number of rows and a weight, and of those the ones that a filter shows. What
 * comes is taken in batches: a row costs as little as may be, and the whole list moves once a batch.
 */
export interface LogRow<Entry> {
  readonly sequence: number;
  readonly entry: Entry;
}

export interface LogBounds<Entry> {
  readonly rows: number;
  /** Of all rows together; without it only their number counts. */
  readonly weight?: number;
  weigh?(entry: Entry): number;
}

export class FilteredLog<Entry> {
  #rows: LogRow<Entry>[] = [];
  #shown: LogRow<Entry>[] = [];
  #isShown: (entry: Entry) => boolean = () => true;
  #sequence = 0;
  #weight = 0;
  #droppedRows = 0;
  readonly #bounds: LogBounds<Entry>;

  constructor(bounds: LogBounds<Entry>) {
    this.#bounds = bounds;
  }

  append(entries: readonly Entry[]): void {
    const { rows } = this.#bounds;
    const newest = entries.length > rows ? entries.slice(-rows) : entries;
    this.#sequence += entries.length - newest.length;
    for (const entry of newest) {
      const row = { sequence: this.#sequence, entry };
      this.#sequence += 1;
      this.#weight += this.#weigh(entry);
      this.#rows.push(row);
      if (this.#isShown(entry)) this.#shown.push(row);
    }
    this.#drop(this.#excess());
  }

  setFilter(isShown: (entry: Entry) => boolean): void {
    this.#isShown = isShown;
    this.#shown = this.#rows.filter(({ entry }) => isShown(entry));
    this.#droppedRows = 0;
  }

  /** Oldest first. The array changes: read it, do not keep it. */
  rows(): readonly LogRow<Entry>[] {
    return this.#shown;
  }

  /** How many rows have gone at the beginning of `rows()` since the filter was set: what stands there has moved up by as many. */
  get droppedRows(): number {
    return this.#droppedRows;
  }

  get total(): number {
    return this.#rows.length;
  }

  clear(): void {
    this.#rows = [];
    this.#shown = [];
    this.#weight = 0;
    this.#droppedRows = 0;
  }

  #weigh(entry: Entry): number {
    return this.#bounds.weigh?.(entry) ?? 0;
  }

  /** Rows at the beginning that are too many. The newest stays, whatever it weighs. */
  #excess(): number {
    const { rows, weight = Number.POSITIVE_INFINITY } = this.#bounds;
    let excess = 0;
    for (const { entry } of this.#rows) {
      const isWithin = this.#rows.length - excess <= rows && this.#weight <= weight;
      if (isWithin || excess === this.#rows.length - 1) break;
      this.#weight -= this.#weigh(entry);
      excess += 1;
    }
    return excess;
  }

  #drop(excess: number): void {
    if (excess === 0) return;
    this.#rows.splice(0, excess);
    const oldest = this.#rows[0]?.sequence ?? 0;
    const kept = this.#shown.findIndex(({ sequence }) => sequence >= oldest);
    this.#droppedRows += this.#shown.splice(0, kept < 0 ? this.#shown.length : kept).length;
  }
}

/** Whether every word of `text` occurs in what `told` answers, whatever its case. */
export function holdsWords(text: string, told: () => string): boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const haystack = told().toLowerCase();
  return words.every((word) => haystack.includes(word));
}
