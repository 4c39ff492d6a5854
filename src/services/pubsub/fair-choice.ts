/**
 * Whose turn it is. Stride scheduling (Waldspurger and Weihl 1995): everyone has a pass that grows by 1/weight with each turn, and the
 * smallest pass is next. So the turns are shared by weight exactly, in any mixture of candidates, and without dice; who comes, or comes
 * back, begins where the others are.
 */
export interface Candidate<Key> {
  readonly key: Key;
  readonly weight: number;
}

/** Turns of weight 1 that one who was no candidate for a while may catch up on. */
const MAX_BEHIND = 1;

export class FairChoice<Key> {
  readonly #passes = new Map<Key, number>();
  #now = 0;

  /** Undefined without candidates. Of equal ones the first. */
  choose(candidates: readonly Candidate<Key>[]): Key | undefined {
    let chosen: Candidate<Key> | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const candidate of candidates) {
      const pass = this.#passOf(candidate.key);
      if (pass >= least) continue;
      least = pass;
      chosen = candidate;
    }
    if (!chosen) return undefined;
    this.#now = least;
    this.#passes.set(chosen.key, least + 1 / chosen.weight);
    return chosen.key;
  }

  forget(key: Key): void {
    this.#passes.delete(key);
  }

  #passOf(key: Key): number {
    const pass = this.#passes.get(key);
    if (pass !== undefined) return Math.max(this.#now - MAX_BEHIND, pass);
    this.#passes.set(key, this.#now);
    return this.#now;
  }
}
