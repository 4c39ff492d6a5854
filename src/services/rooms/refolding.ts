/**
 * When what has come becomes the state that everybody here is told of. What several wrote at once sorts in the midst of what was there,
 * and all that sorts behind it is reduced once more: for each update alone, a burst of n would cost n times n. So after much was
 * reduced again the next time waits, the longer the more it was. Who asks for the state in between gets all that is here.
 */
import type { Fold } from './fold.ts';

const NEVER = Number.POSITIVE_INFINITY;
/** So many reductions at a time are nothing to wait for. */
const FEW = 32;
const MS_PER_REDUCTION = 1 / 4;
/** Longer, and people see it. */
const MOST_MS = 100;

export class Refolding {
  readonly #fold: Pick<Fold, 'changes' | 'reductions'>;
  #changes = 0;
  #reductions = 0;
  #notBeforeMs = Number.NEGATIVE_INFINITY;

  constructor(fold: Pick<Fold, 'changes' | 'reductions'>) {
    this.#fold = fold;
  }

  get nextWakeAt(): number {
    return this.#changes === this.#fold.changes ? NEVER : this.#notBeforeMs;
  }

  /** @param isOwn this Node has just written: that is seen at once */
  isDue(isOwn: boolean, nowMs: number): boolean {
    return isOwn || nowMs >= this.nextWakeAt;
  }

  /** Everybody is told now. */
  told(nowMs: number): void {
    const reductions = this.#fold.reductions - this.#reductions;
    this.#reductions = this.#fold.reductions;
    this.#changes = this.#fold.changes;
    this.#notBeforeMs = reductions > FEW ? nowMs + Math.min(MOST_MS, reductions * MS_PER_REDUCTION) : nowMs;
  }
}
