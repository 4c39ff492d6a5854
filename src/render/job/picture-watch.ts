/**
 * Keeps the picture of another tab's render coming: asks the owner for it at the beginning, and again whenever nothing has come
 * for a while. The owner reports several times a second, so silence means that one of the two has lost sight of the other
 * for a moment (a frozen tab, a broken path), and the owner need not know that it fed us before.
 */
import { type Clock, log, messageOf, type Timers } from '../../runtime/index.ts';

/** Five reports of an owner in front, one of a hidden one whose timers run once a second. */
const SILENCE_MS = 2_000;
const TICK_MS = 500;
/** After a question that failed. */
const RETRY_MS = 1_000;
/** An owner that is there and fails to answer so often has forgotten the render. */
const ATTEMPTS = 20;

export interface PictureWatchPort {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Rejects when the owner does not answer, or has no such render. */
  ask(): Promise<unknown>;
  /** All that can come has come, or nobody wants it any more. */
  isOver(): boolean;
  gaveUp(reason: string): void;
}

export class PictureWatch {
  readonly #port: PictureWatchPort;
  #askAtMs = Number.NEGATIVE_INFINITY;
  #isAsking = false;
  #failures = 0;
  #stopTimer: (() => void) | undefined;

  constructor(port: PictureWatchPort) {
    this.#port = port;
    this.#tick();
  }

  /** Something of the render came. */
  heard(): void {
    this.#askAtMs = this.#port.clock.now() + SILENCE_MS;
  }

  /** The owner may have lost sight of us: asks at once. */
  askNow(): void {
    this.#askAtMs = Number.NEGATIVE_INFINITY;
    if (this.#stopTimer) this.#ask();
  }

  stop(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  #tick(): void {
    if (this.#port.isOver()) {
      this.stop();
      return;
    }
    this.#stopTimer = this.#port.timers.after(TICK_MS, () => this.#tick());
    this.#ask();
  }

  #ask(): void {
    if (this.#isAsking || this.#port.isOver() || this.#port.clock.now() < this.#askAtMs) return;
    this.#isAsking = true;
    this.#port.ask().then(
      () => {
        this.#isAsking = false;
        this.#failures = 0;
        this.heard();
      },
      (error: unknown) => {
        this.#isAsking = false;
        log('debug', `asking for a render's picture failed: ${messageOf(error)}`);
        this.#askAtMs = this.#port.clock.now() + RETRY_MS;
        if (++this.#failures < ATTEMPTS || !this.#stopTimer) return;
        this.stop();
        this.#port.gaveUp(`the picture cannot be had: ${messageOf(error)}`);
      },
    );
  }
}
