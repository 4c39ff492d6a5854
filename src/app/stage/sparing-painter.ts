/**
 * Paints what costs and is often out of sight: only while it is seen, only when something is new, and then rests. What is over is so
 * painted once, however often one looks away and back.
 */
import type { Timers } from '../../runtime/index.ts';

export const REST_MS = 2_000;

export class SparingPainter {
  readonly #paint: () => void;
  readonly #timers: Timers;
  #isStale = true;
  #isSeen = false;
  #stopRest: (() => void) | undefined;

  constructor(paint: () => void, timers: Timers) {
    this.#paint = paint;
    this.#timers = timers;
  }

  changed(): void {
    this.#isStale = true;
    this.#paintIfDue();
  }

  see(isSeen: boolean): void {
    this.#isSeen = isSeen;
    this.#paintIfDue();
  }

  dispose(): void {
    this.#isSeen = false;
    this.#stopRest?.();
  }

  #paintIfDue(): void {
    if (!this.#isStale || !this.#isSeen || this.#stopRest) return;
    this.#isStale = false;
    this.#paint();
    this.#stopRest = this.#timers.after(REST_MS, () => {
      this.#stopRest = undefined;
      this.#paintIfDue();
    });
  }
}
