/** How often one socket may speak: `burst` messages at once, refilled at `perSecond`. */
export class TokenBucket {
  #tokens: number;
  #filledAtMs: number | undefined;

  constructor(
    readonly burst: number,
    readonly perSecond: number,
  ) {
    this.#tokens = burst;
  }

  /** Takes `count` tokens; none, and false, when there are fewer. `nowMs` must not go backwards. */
  take(nowMs: number, count = 1): boolean {
    const elapsedMs = nowMs - (this.#filledAtMs ?? nowMs);
    this.#filledAtMs = nowMs;
    this.#tokens = Math.min(this.burst, this.#tokens + (elapsedMs / 1000) * this.perSecond);
    if (this.#tokens < count) return false;
    this.#tokens -= count;
    return true;
  }
}
