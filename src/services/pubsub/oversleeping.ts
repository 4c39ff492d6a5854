/**
 * A page that slept for longer than somebody is waited for: its timers come first when it wakes up, and what others had said meanwhile behind
 * them. So it listens for a moment before it takes anybody for silent.
 */

/** So late is no timer of a page that is awake. */
const ASLEEP_MS = 1_000;
/** What came meanwhile is there by then. */
const LISTENS_MS = 2_000;
/** In a row: where each timer comes late, the page is not asleep, but its machine at its limit. */
const MOST_TIMES = 3;

export class Oversleeping {
  #listensUntilMs = Number.NEGATIVE_INFINITY;
  #times = 0;

  /** When to look at what is due then. */
  wakeAt(dueMs: number): number {
    return Math.max(dueMs, this.#listensUntilMs);
  }

  /** Whether what was due at that time is over now. */
  isOver(dueMs: number, nowMs: number): boolean {
    if (this.#times < MOST_TIMES && nowMs - this.wakeAt(dueMs) > ASLEEP_MS) {
      this.#times++;
      this.#listensUntilMs = nowMs + LISTENS_MS;
    }
    const isOver = nowMs >= this.wakeAt(dueMs);
    if (isOver || nowMs < dueMs) this.#times = 0;
    return isOver;
  }
}
