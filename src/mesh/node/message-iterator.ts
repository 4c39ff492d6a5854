/**
 * Messages as an async iterator, after nats.js: what comes waits until the reader asks for it, and while it waits the
 * stream is held back, so a slow loop slows its senders and nothing piles up.
 */
import type { Received } from '../contract.ts';

export class MessageIterator implements AsyncIterableIterator<Received> {
  readonly #onEnd: () => void;
  readonly #offered: { readonly received: Received; readonly taken: () => void }[] = [];
  readonly #readers: ((result: IteratorResult<Received>) => void)[] = [];
  #isEnded = false;
  #holdsBack = true;

  /** `onEnd` is called once, when the reader leaves the loop or the source ends. */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  /** Offers a message; resolves when the reader has taken it, or at once where nothing is held back any more. */
  offer(received: Received): Promise<void> {
    if (this.#isEnded) return Promise.resolve();
    const reader = this.#readers.shift();
    if (reader) {
      reader({ value: received, done: false });
      return Promise.resolve();
    }
    if (!this.#holdsBack) {
      this.#offered.push({ received, taken: () => undefined });
      return Promise.resolve();
    }
    return new Promise((taken) => this.#offered.push({ received, taken }));
  }

  /** The last messages are coming: they wait here until they are read, and hold nothing up meanwhile. */
  holdBackNoMore(): void {
    this.#holdsBack = false;
    for (const { taken } of this.#offered) taken();
  }

  next(): Promise<IteratorResult<Received>> {
    const first = this.#offered.shift();
    if (first) {
      first.taken();
      return Promise.resolve({ value: first.received, done: false });
    }
    if (this.#isEnded) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => this.#readers.push(resolve));
  }

  /** The source ends: what was offered can still be read. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#onEnd();
    for (const reader of this.#readers.splice(0)) reader({ value: undefined, done: true });
  }

  return(): Promise<IteratorResult<Received>> {
    this.end();
    for (const { taken } of this.#offered.splice(0)) taken();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
