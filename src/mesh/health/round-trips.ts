/** Round trip and loss of one Link, from the questions asked and the answers that came back. */

/** RFC 6298's gain: an average over about eight probes. */
const SMOOTHING = 1 / 8;
/** Loss is counted over this many settled questions: half a minute at one a second. */
const LOSS_WINDOW = 32;
/** Questions waiting for an answer; the oldest counts as lost when there are more. */
const MAX_PENDING = 8;
/** A question this old is lost. Beyond the round trip of any usable path. */
const LOST_AFTER_MS = 3000;

export class RoundTrips {
  readonly #pending = new Map<string, number>();
  readonly #settled: boolean[] = [];
  #rttMs: number | undefined;

  /** Smoothed, ms; undefined until the first answer. */
  get rttMs(): number | undefined {
    return this.#rttMs;
  }

  /** Share of the settled questions without an answer, 0..1. */
  get loss(): number {
    const lost = this.#settled.filter((wasAnswered) => !wasAnswered).length;
    return this.#settled.length === 0 ? 0 : lost / this.#settled.length;
  }

  asked(nonce: string, now: number): void {
    for (const [old, at] of this.#pending) {
      if (now - at < LOST_AFTER_MS && this.#pending.size < MAX_PENDING) break;
      this.#pending.delete(old);
      this.#settle(false);
    }
    this.#pending.set(nonce, now);
  }

  /** False when no such question is open: an answer that proves nothing. */
  answered(nonce: string, now: number): boolean {
    const askedAt = this.#pending.get(nonce);
    if (askedAt === undefined) return false;
    this.#pending.delete(nonce);
    this.#settle(true);
    const sample = Math.max(0, now - askedAt);
    this.#rttMs = this.#rttMs === undefined ? sample : this.#rttMs + SMOOTHING * (sample - this.#rttMs);
    return true;
  }

  #settle(wasAnswered: boolean): void {
    this.#settled.push(wasAnswered);
    if (this.#settled.length > LOSS_WINDOW) this.#settled.shift();
  }
}
