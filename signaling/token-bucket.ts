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

  /** Takes one token; false when there is none. `nowMs` must not go backwards. */
  take(nowMs: number): boolean {
    const elapsedMs = nowMs - (this.#filledAtMs ?? nowMs);
    this.#filledAtMs = nowMs;
    this.#tokens = Math.min(this.burst, this.#tokens + (elapsedMs / 1000) * this.perSecond);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
