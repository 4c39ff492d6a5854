/**
 * Connections that strangers have begun and not finished. They are bounded, and silent ones give way: an honest connection
 * opens within seconds, so whoever has had his time and has not opened makes room for the next.
 */
import type { Timers } from '../../runtime/index.ts';

/** Nobody is turned out before: through a TURN server far away a connection takes a second or two. */
const GRACE_MS = 2500;

export interface Evictable {
  fail(reason: string): void;
}

export class IncomingAttempts<Attempt extends Evictable> {
  readonly #most: number;
  readonly #timers: Timers;
  /** In the order of arrival; what cancels the end of its grace, undefined when that has come. */
  readonly #attempts = new Map<Attempt, (() => void) | undefined>();

  /** @param most under way at once: each costs an RTCPeerConnection, of which a tab has 500 and uses 20. */
  constructor(most: number, timers: Timers) {
    this.#most = most;
    this.#timers = timers;
  }

  /** Whether one more may begin; turns the oldest out for it when there are too many. */
  makeRoom(): boolean {
    if (this.#attempts.size < this.#most) return true;
    for (const [oldest, grace] of this.#attempts) {
      if (grace !== undefined) return false;
      this.delete(oldest);
      oldest.fail('it took too long while others waited');
      return true;
    }
    return true;
  }

  add(attempt: Attempt): void {
    const endGrace = (): void => {
      if (this.#attempts.has(attempt)) this.#attempts.set(attempt, undefined);
    };
    this.#attempts.set(attempt, this.#timers.after(GRACE_MS, endGrace));
  }

  delete(attempt: Attempt): void {
    this.#attempts.get(attempt)?.();
    this.#attempts.delete(attempt);
  }

  clear(): void {
    for (const attempt of [...this.#attempts.keys()]) this.delete(attempt);
  }

  [Symbol.iterator](): IterableIterator<Attempt> {
    return this.#attempts.keys();
  }
}
