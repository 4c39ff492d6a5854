/**
 * When what has come becomes the state that everybody here is told of. What several wrote at once sorts in the midst of what was there,
 * and all that sorts behind it is reduced once more: for each update alone, a burst of n would cost n times n. So after much was
 * reduced again the next time waits, the longer the more it was. Who asks for the state in between gets all that is here.
 */
import type { Fold } from './fold.ts';

const NEVER = Number.POSITIVE_INFINITY;
/** So many reductions beyond one for each update are nothing to wait for. */
const FEW = 32;
const MS_FOR_EACH = 1 / 4;
/** Where a thousand are reduced again: longer, and people see it. */
const MOST_MS = 250;

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
    const { changes, reductions } = this.#fold;
    const again = reductions - this.#reductions - (changes - this.#changes);
    this.#changes = changes;
    this.#reductions = reductions;
    this.#notBeforeMs = again > FEW ? nowMs + Math.min(MOST_MS, again * MS_FOR_EACH) : nowMs;
  }
}
