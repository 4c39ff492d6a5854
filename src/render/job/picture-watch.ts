/**
 * Keeps the news of a render that another Node coordinates coming: asks it at the beginning, and again whenever nothing has come
 * for a while. It reports several times a second, so silence means that one of the two has lost sight of the other for a
 * moment (a frozen tab, a broken path), and it need not know that it fed us before.
 */
import { type Clock, log, messageOf, type Timers } from '../../runtime/index.ts';

/** Five reports of a coordinator in front, one of a hidden one whose timers run once a second. */
const SILENCE_MS = 2_000;
const TICK_MS = 500;
/** After a question that failed. */
const RETRY_MS = 1_000;

export interface PictureWatchPort {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Rejects when nobody answers; undefined where nobody is to be asked now. */
  ask(): Promise<unknown> | undefined;
}

export class PictureWatch {
  readonly #port: PictureWatchPort;
  #askAtMs = Number.NEGATIVE_INFINITY;
  /** The next question does not wait for silence. */
  #isUrgent = false;
  #isAsking = false;
  #stopTimer: (() => void) | undefined;

  /** Asks nothing before `start`. */
  constructor(port: PictureWatchPort) {
    this.#port = port;
  }

  get isRunning(): boolean {
    return this.#stopTimer !== undefined;
  }

  /** Idempotent. */
  start(): void {
    if (!this.#stopTimer) this.#tick();
  }

  /** Something of the render came. */
  heard(): void {
    this.#askAtMs = this.#port.clock.now() + SILENCE_MS;
  }

  /** It may have lost sight of us, or it is another one now: asks at once. */
  askNow(): void {
    this.#isUrgent = true;
    if (this.#stopTimer) this.#ask();
  }

  stop(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  #tick(): void {
    this.#stopTimer = this.#port.timers.after(TICK_MS, () => this.#tick());
    this.#ask();
  }

  #ask(): void {
    if (this.#isAsking || (!this.#isUrgent && this.#port.clock.now() < this.#askAtMs)) return;
    const answer = this.#port.ask();
    if (!answer) return;
    this.#isUrgent = false;
    this.#isAsking = true;
    answer.then(
      () => this.#askAgain(SILENCE_MS),
      (error: unknown) => {
        log('debug', `asking for a render's picture failed: ${messageOf(error)}`);
        this.#askAgain(RETRY_MS);
      },
    );
  }

  #askAgain(afterMs: number): void {
    this.#isAsking = false;
    this.#askAtMs = this.#port.clock.now() + afterMs;
    // Somebody else is to be asked meanwhile, or there was reason to think so.
    if (this.#isUrgent && this.#stopTimer) this.#ask();
  }
}
