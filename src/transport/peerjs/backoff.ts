/**
 * How long to wait before the next attempt at a server that is away: doubling from a quarter of a second to two and a half,
 * each wait spread over half of it to all of it, so that ten thousand tabs do not come back in one moment.
 */
import { type Random, uniform } from '../../runtime/index.ts';

const FIRST_MS = 250;
/** A server that comes back has everyone within three seconds; a dead one costs a tab one attempt in two seconds. */
const LONGEST_MS = 2_500;

export class Backoff {
  readonly #random: Random;
  #nextMs = FIRST_MS;

  constructor(random: Random) {
    this.#random = random;
  }

  next(): number {
    const waitMs = this.#nextMs * (0.5 + 0.5 * uniform(this.#random));
    this.#nextMs = Math.min(LONGEST_MS, this.#nextMs * 2);
    return waitMs;
  }

  /** After a success. */
  reset(): void {
    this.#nextMs = FIRST_MS;
  }
}
