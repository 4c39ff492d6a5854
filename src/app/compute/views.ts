/** Ways to look at results. What a module exports and returns is unchecked: a view takes what it can show and leaves the rest. */
import type { Value } from '../../compute/index.ts';

/** `list`: the values as text. */
export type ViewKind = 'mean' | 'heat map' | 'picture' | 'list';

export interface Plan {
  readonly view: ViewKind;
  readonly inputs: readonly Value[];
  /** Of a heat map. */
  readonly columns: number;
  /** Of a picture, pixels. */
  readonly width: number;
  readonly height: number;
}

const MAX_INPUTS = 1_000_000;
const MAX_EDGE = 4096;

/** What a module asks for by its exports. A string is what is wrong with them, for the person who wrote it. */
export function planOf(exported: Readonly<Record<string, unknown>>): Plan | string {
  const { view = 'list', inputs, columns, width, height } = exported;
  if (!Array.isArray(inputs)) return 'export a list of inputs: export const inputs = [1, 2, 3];';
  if (inputs.length === 0 || inputs.length > MAX_INPUTS) return `export 1 to ${MAX_INPUTS} inputs`;
  if (view !== 'mean' && view !== 'heat map' && view !== 'picture' && view !== 'list') {
    return "export const view = 'mean', 'heat map', 'picture' or 'list';";
  }
  const edge = (value: unknown): value is number =>
    typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_EDGE;
  if (view === 'heat map' && !edge(columns)) return 'a heat map needs: export const columns = 10;';
  if (view === 'picture' && !(edge(width) && edge(height))) {
    return `a picture needs: export const width = 640, height = 480; (up to ${MAX_EDGE})`;
  }
  return {
    view,
    inputs: inputs as readonly Value[],
    columns: edge(columns) ? columns : 1,
    width: edge(width) ? width : 1,
    height: edge(height) ? height : 1,
  };
}

/** The mean of what has come, and how sure it is (one standard error of the mean), by Welford's recurrence (1962). */
export class RunningMean {
  count = 0;
  mean = 0;
  #squares = 0;
  /** A point for each result, thinned to a bounded number: every second one goes when there are too many. */
  readonly points: { count: number; mean: number; error: number }[] = [];
  #every = 1;

  add(value: number): void {
    this.count++;
    const from = value - this.mean;
    this.mean += from / this.count;
    this.#squares += from * (value - this.mean);
    if (this.count % this.#every !== 0) return;
    this.points.push({ count: this.count, mean: this.mean, error: this.standardError });
    if (this.points.length < 600) return;
    for (let i = 0; i < this.points.length / 2; i++) {
      const kept = this.points[2 * i + 1];
      if (kept) this.points[i] = kept;
    }
    this.points.length = Math.floor(this.points.length / 2);
    this.#every *= 2;
  }

  get standardError(): number {
    return this.count < 2
      ? Number.POSITIVE_INFINITY
      : Math.sqrt(this.#squares / (this.count - 1) / this.count);
  }
}

export interface PictureTile {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

/** undefined when the value is no tile of a picture. */
export function tileOf(value: Value): PictureTile | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value) || value instanceof Uint8Array) {
    return undefined;
  }
  const { x, y, width, height, rgba } = value as Readonly<Record<string, unknown>>;
  const isCount = (one: unknown): one is number =>
    typeof one === 'number' && Number.isInteger(one) && one >= 0;
  if (!isCount(x) || !isCount(y) || !isCount(width) || !isCount(height)) return undefined;
  if (!(rgba instanceof Uint8Array) || width < 1 || rgba.length !== width * height * 4) return undefined;
  return { x, y, width, height, rgba };
}
