/**
 * Whether a coordinator that speaks gives work, too: what workers here asked of it, and what came of that. A Job must not stand
 * still because somebody took its term and does nothing with it.
 */

/** A coordinator that leaves questions unanswered, or has nothing for us while nobody works, is given up after it. */
const NEGLECT_MS = 10_000;
/** A coordinator that takes so many times the Job's Tasks from one Node, and some that were lost on their way, throws them away. */
const WASTED = 2;
const WASTED_MORE = 64;
/** One that says that others work is believed for longer: a few long Tasks at the end leave the rest without work. */
const STANDSTILL_MS = 60_000;

export class Need {
  /** Since when something was asked for and nothing was given. */
  #sinceMs: number | undefined;
  #answeredAtMs = Number.NEGATIVE_INFINITY;
  #progressAtMs = Number.NEGATIVE_INFINITY;
  #doneCost = 0;
  #inWork = 0;
  /** Results of ours in this term. */
  #brought = 0;

  asked(nowMs: number): void {
    this.#sinceMs ??= nowMs;
  }

  answered(hasGiven: boolean, nowMs: number): void {
    this.#answeredAtMs = nowMs;
    if (hasGiven) this.#sinceMs = undefined;
  }

  /** A result of ours went to the coordinator. */
  brought(): void {
    this.#brought++;
  }

  /** As the coordinator says. */
  progress(doneCost: number, inWork: number, nowMs: number): void {
    if (doneCost > this.#doneCost) this.#progressAtMs = nowMs;
    this.#doneCost = doneCost;
    this.#inWork = inWork;
  }

  /** Nothing is asked for any more, or of somebody else. */
  over(): void {
    this.#sinceMs = undefined;
    this.#doneCost = 0;
    this.#brought = 0;
    this.#answeredAtMs = Number.NEGATIVE_INFINITY;
    this.#progressAtMs = Number.NEGATIVE_INFINITY;
  }

  /** We stood still: nobody could answer. */
  woke(nowMs: number): void {
    if (this.#sinceMs !== undefined) this.#sinceMs = nowMs;
  }

  /** Of what we bring nothing can have come. */
  isWasted(taskCount: number): boolean {
    return this.#brought > WASTED * taskCount + WASTED_MORE;
  }

  isNeglected(nowMs: number): boolean {
    if (this.#sinceMs === undefined) return false;
    const quietMs = (atMs: number): number => nowMs - Math.max(atMs, this.#sinceMs ?? nowMs);
    if (quietMs(this.#answeredAtMs) >= NEGLECT_MS) return true;
    return quietMs(this.#progressAtMs) >= (this.#inWork > 0 ? STANDSTILL_MS : NEGLECT_MS);
  }
}
