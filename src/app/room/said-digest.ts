/**
 * What others say, as a sentence for who listens to the page instead of looking at it: a single line in its own words, of many how many. Never
 * more than one sentence in five seconds.
 */
import { countOf } from '../state/format.ts';

export interface Said {
  readonly name: string;
  readonly text: string;
}

const GATHERING_MS = 700;
const EVERY_MS = 5_000;
/** Longer ones are there to be read. */
const MAX_SPOKEN = 200;

export class SaidDigest {
  #lines: Said[] = [];
  #count = 0;
  #sinceMs = 0;
  #lastMs = Number.NEGATIVE_INFINITY;

  add(nowMs: number, lines: readonly Said[]): void {
    if (lines.length === 0) return;
    if (this.#count === 0) this.#sinceMs = nowMs;
    this.#count += lines.length;
    this.#lines = lines.slice(-1);
  }

  /** When there may be a sentence; undefined while nothing has come. */
  get dueAtMs(): number | undefined {
    return this.#count === 0 ? undefined : Math.max(this.#sinceMs + GATHERING_MS, this.#lastMs + EVERY_MS);
  }

  take(nowMs: number): string | undefined {
    const [last] = this.#lines;
    if (!last || nowMs < (this.dueAtMs ?? Number.POSITIVE_INFINITY)) return undefined;
    const count = this.#count;
    this.#count = 0;
    this.#lines = [];
    this.#lastMs = nowMs;
    return count === 1
      ? `${last.name}: ${last.text.slice(0, MAX_SPOKEN)}`
      : `${countOf(count, 'new message')}, the last from ${last.name}.`;
  }
}
