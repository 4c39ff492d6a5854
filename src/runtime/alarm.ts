/**
 * One timer for a whole Node: it is told the time at which something is due next, whenever that may have changed. A deadline that moves
 * a little later costs nothing: the timer fires, finds nothing due, and is set anew. A timer that is due is left to fire, so that its being
 * late tells how long the event loop has not turned.
 */
import type { Clock } from './clock.ts';
import { reportError } from './log.ts';
import type { Timers } from './timers.ts';

/** After a wake that failed: often enough to live on, seldom enough not to spin. */
const RETRY_MS = 1000;
/** Deadlines within this are one: saves turns where windows and probes lie close. */
const SLACK_MS = 1;
/**
 * Less than this is a little. With every frame of a transfer its deadlines move by a millisecond; that of a probe moves by a second when
 * its answer comes, and a page at rest would wake in vain as often as it probes.
 */
const LITTLE_MS = 20;

export class Alarm {
  readonly #clock: Clock;
  readonly #timers: Timers;
  /** Does what is due and answers with the next time. */
  readonly #onWake: (now: number) => number;
  #cancel: (() => void) | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  #isStopped = false;

  constructor(clock: Clock, timers: Timers, onWake: (now: number) => number) {
    this.#clock = clock;
    this.#timers = timers;
    this.#onWake = onWake;
  }

  /** When its timer is to fire, or was. */
  get dueAt(): number {
    return this.#dueAt;
  }

  /** Something is due at `timeMs`, and nothing before. */
  at(timeMs: number): void {
    const isNear = timeMs >= this.#dueAt && timeMs < this.#dueAt + LITTLE_MS;
    if (this.#isStopped || isNear || timeMs === this.#dueAt || this.#dueAt <= this.#clock.now()) return;
    this.#cancel?.();
    this.#dueAt = timeMs;
    if (timeMs === Number.POSITIVE_INFINITY) return;
    const delayMs = Math.max(0, timeMs - this.#clock.now()) + SLACK_MS;
    this.#cancel = this.#timers.after(delayMs, () => this.#fire());
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }

  #fire(): void {
    this.#cancel?.();
    this.#dueAt = Number.POSITIVE_INFINITY;
    if (this.#isStopped) return;
    const now = this.#clock.now();
    try {
      this.at(this.#onWake(now));
    } catch (error) {
      reportError('what a timer was set for failed', error);
      this.at(now + RETRY_MS);
    }
  }
}
