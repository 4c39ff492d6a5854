/**
 * How much one client may publish: messages and bytes a second, each a bucket that holds one second's worth. A publisher over its rate is
 * held back, by not reading on; one that has pushed without a pause for HOLD_MS is refused what is over, with the number, until it is within
 * its rate again.
 */
export interface Rate {
  readonly messagesPerSecond: number | undefined;
  readonly bytesPerSecond: number | undefined;
}

export const NO_RATE: Rate = { messagesPerSecond: undefined, bytesPerSecond: undefined };

/** How long a publisher is held back before it is refused. A guess: longer than a burst, shorter than people wait. */
export const HOLD_MS = 5_000;

export type Admission =
  | { readonly type: 'now' }
  | { readonly type: 'wait'; readonly untilMs: number }
  | { readonly type: 'refused'; readonly rate: string };

const NOW: Admission = { type: 'now' };

export class RateGate {
  readonly #buckets: readonly Bucket[];
  #pushedSinceMs: number | undefined;
  #isWaitedFor = false;

  constructor({ messagesPerSecond, bytesPerSecond }: Rate) {
    const buckets: Bucket[] = [];
    if (messagesPerSecond !== undefined) buckets.push(new Bucket(messagesPerSecond, 'messages/s', () => 1));
    if (bytesPerSecond !== undefined) buckets.push(new Bucket(bytesPerSecond, 'bytes/s', (bytes) => bytes));
    this.#buckets = buckets;
  }

  /** Asked again for the same message when its time has come. */
  admit(bytes: number, now: number): Admission {
    if (this.#buckets.length === 0) return NOW;
    let untilMs = now;
    let over: Bucket | undefined;
    for (const bucket of this.#buckets) {
      const at = bucket.readyAt(now);
      if (at > untilMs) {
        untilMs = at;
        over = bucket;
      }
    }
    if (!over) {
      // Full again, and nobody waited for that: it has paused.
      if (!this.#isWaitedFor && this.#buckets.every((bucket) => bucket.isFull))
        this.#pushedSinceMs = undefined;
      this.#isWaitedFor = false;
      for (const bucket of this.#buckets) bucket.take(bytes);
      return NOW;
    }
    this.#pushedSinceMs ??= now;
    if (now - this.#pushedSinceMs >= HOLD_MS) return { type: 'refused', rate: over.rate };
    this.#isWaitedFor = true;
    return { type: 'wait', untilMs };
  }
}

/** May go below zero: a message larger than a second's worth passes, and is paid off before the next. */
class Bucket {
  readonly rate: string;
  readonly #perSecond: number;
  readonly #costOf: (bytes: number) => number;
  #tokens: number;
  #filledAtMs: number | undefined;

  constructor(perSecond: number, unit: string, costOf: (bytes: number) => number) {
    this.rate = `${perSecond} ${unit}`;
    this.#perSecond = perSecond;
    this.#costOf = costOf;
    this.#tokens = perSecond;
  }

  get isFull(): boolean {
    return this.#tokens >= this.#perSecond;
  }

  readyAt(now: number): number {
    const elapsedMs = now - (this.#filledAtMs ?? now);
    this.#filledAtMs = now;
    this.#tokens = Math.min(this.#perSecond, this.#tokens + (elapsedMs / 1000) * this.#perSecond);
    // A whole one must be there; a thousandth forgives rounding.
    const missing = Math.min(1, this.#perSecond) - this.#tokens;
    return missing <= 0.001 ? now : now + Math.ceil((1000 * missing) / this.#perSecond);
  }

  take(bytes: number): void {
    this.#tokens -= this.#costOf(bytes);
  }
}
