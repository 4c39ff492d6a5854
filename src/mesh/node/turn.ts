/**
 * The end of the current turn of the event loop: what many events of a turn ask for is done once, in a microtask after
 * them. Windows are pumped, acknowledgements sent and Links flushed here, so a loop of a thousand sends becomes a few
 * packets. What fails in it is reported: one bad turn must not be a Node's last.
 */
import { reportError } from '../../runtime/index.ts';

export class Turn {
  readonly #onEnd: () => void;
  #isRequested = false;

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  /** Its end is still to come. */
  get isRequested(): boolean {
    return this.#isRequested;
  }

  request(): void {
    if (this.#isRequested) return;
    this.#isRequested = true;
    queueMicrotask(() => {
      this.#isRequested = false;
      try {
        this.#onEnd();
      } catch (error) {
        reportError('the end of a turn failed', error);
      }
    });
  }
}
