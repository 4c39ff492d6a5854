/**
 * The machine and tab a simulated Node runs in: its clock and timers, and what can befall it. Everything that reaches the
 * Node goes through here. Frozen, it neither runs timers nor takes events, and all of it comes at once when it thaws;
 * throttled, its timers fire on whole seconds like those of a hidden tab, its events as ever; killed, it is silent.
 */
import type { Clock, Timers } from '../../runtime/index.ts';
import type { Scheduler } from './scheduler.ts';

/** Chromium's rhythm for timers of hidden tabs. */
const HIDDEN_TAB_TIMER_MS = 1000;

export class SimulatedHost implements Clock, Timers {
  readonly #scheduler: Scheduler;
  #waiting: (() => void)[] | undefined;
  #isKilled = false;
  #isHidden = false;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  get isKilled(): boolean {
    return this.#isKilled;
  }

  /** Neither frozen nor killed: someone would answer now. */
  get isResponsive(): boolean {
    return !this.#isKilled && this.#waiting === undefined;
  }

  now(): number {
    return this.#scheduler.now();
  }

  after(delayMs: number, callback: () => void): () => void {
    let isCancelled = false;
    const cancel = this.#scheduler.after(this.#throttled(delayMs), () =>
      this.deliver(() => {
        if (!isCancelled) callback();
      }),
    );
    return () => {
      isCancelled = true;
      cancel();
    };
  }

  /** Runs `event` in this host: now, after the thaw, or never. */
  deliver(event: () => void): void {
    if (this.#isKilled) return;
    if (this.#waiting) this.#waiting.push(event);
    else event();
  }

  freeze(): void {
    this.#waiting ??= [];
  }

  /** Each event that waited runs as a turn of its own, in order, before anything new. */
  thaw(): void {
    const next = this.#waiting?.shift();
    if (!next) {
      this.#waiting = undefined;
      return;
    }
    this.#scheduler.after(0, () => {
      if (this.#isKilled) return;
      next();
      this.thaw();
    });
  }

  setHidden(isHidden: boolean): void {
    this.#isHidden = isHidden;
  }

  kill(): void {
    this.#isKilled = true;
    this.#waiting = undefined;
  }

  #throttled(delayMs: number): number {
    if (!this.#isHidden) return delayMs;
    const due = this.now() + delayMs;
    return Math.ceil(due / HIDDEN_TAB_TIMER_MS) * HIDDEN_TAB_TIMER_MS - this.now();
  }
}
