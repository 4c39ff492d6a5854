/**
 * A flush at the end of the current turn of the event loop: what many events of a turn ask for is done once, in a microtask
 * after them. Windows are pumped, acknowledgements sent and Links flushed here, so a loop of a thousand sends becomes a few
 * packets. What fails in it is reported: one bad turn must not be a Node's last.
 */
import { reportError } from '../../runtime/index.ts';

export class Flush {
  readonly #flush: () => void;
  #isRequested = false;

  constructor(flush: () => void) {
    this.#flush = flush;
  }

  /** It is still to come. */
  get isRequested(): boolean {
    return this.#isRequested;
  }

  request(): void {
    if (this.#isRequested) return;
    this.#isRequested = true;
    queueMicrotask(() => {
      this.#isRequested = false;
      try {
        this.#flush();
      } catch (error) {
        reportError('the flush at the end of a turn failed', error);
      }
    });
  }
}
