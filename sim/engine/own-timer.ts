/**
 * The clock of one machine, which has another origin than everybody's, and the one timer that its Node sets by it. Timers may be
 * coarse, as in a hidden tab, or late. A wake that comes too early finds nothing due and plans the next.
 */
import { type Random, uniform } from '../../src/runtime/index.ts';

/** Times are rounded up to 2^-10 ms, so that a time moved to another clock and back is the same number. */
const TICKS_PER_MS = 1024;
/** Monotonic clocks of machines have any origin. */
const CLOCK_ORIGINS_MS = 10_000_000;

export class OwnTimer {
  /** It fires on multiples of it, ms; 0: when it is due. */
  grainMs = 0;
  /** It comes up to so much later than it should, ms. */
  lateByMs = 0;
  readonly #random: Random;
  #clockOffset: number;
  #order = -1;
  #at = Number.POSITIVE_INFINITY;

  constructor(random: Random) {
    this.#random = random;
    this.#clockOffset = Math.floor(uniform(random) * CLOCK_ORIGINS_MS);
  }

  localTime(now: number): number {
    return now + this.#clockOffset;
  }

  jump(byMs: number): void {
    this.#clockOffset += byMs;
    this.forget();
  }

  /** It fires, or what was planned counts no more. */
  forget(): void {
    this.#at = Number.POSITIVE_INFINITY;
  }

  /** Whether the wake with this number is the one planned last: an earlier one may have taken its place. */
  isPlanned(order: number): boolean {
    return order === this.#order;
  }

  /** @param push puts a wake at that time on the queue, and answers with its number */
  plan(localWakeAt: number, now: number, push: (at: number) => number): void {
    if (localWakeAt === Number.POSITIVE_INFINITY) return;
    let at = Math.ceil((localWakeAt - this.#clockOffset) * TICKS_PER_MS) / TICKS_PER_MS;
    if (at <= now) at = now + 1 / TICKS_PER_MS;
    if (this.grainMs > 0) at = Math.ceil(at / this.grainMs) * this.grainMs;
    if (at >= this.#at) return;
    if (this.lateByMs > 0) at += this.lateByMs * uniform(this.#random);
    this.#at = at;
    this.#order = push(at);
  }
}
