/**
 * How long to wait before the next attempt at a server that is away: doubling from half a second to 15 s, each wait
 * spread over half to one and a half of it, so that a hundred tabs do not come back in one moment.
 */
import { type Random, uniform } from '../../runtime/index.ts';

const FIRST_MS = 500;
/** A server that restarts is found again within this, and a dead one costs four attempts a minute. */
const LONGEST_MS = 15_000;

export class Backoff {
  readonly #random: Random;
  #nextMs = FIRST_MS;

  constructor(random: Random) {
    this.#random = random;
  }

  next(): number {
    const waitMs = this.#nextMs * (0.5 + uniform(this.#random));
    this.#nextMs = Math.min(LONGEST_MS, this.#nextMs * 2);
    return waitMs;
  }

  /** After a success. */
  reset(): void {
    this.#nextMs = FIRST_MS;
  }
}
