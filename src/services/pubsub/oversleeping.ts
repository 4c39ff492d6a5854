/**
 * A page that slept for longer than somebody is waited for: its timers come first when it wakes up, and what others had said meanwhile behind
 * them. So it listens for a moment before it takes anybody for silent.
 */

/** So late is no timer of a page that is awake. */
const ASLEEP_MS = 1_000;
/** What came meanwhile is there by then. */
const LISTENS_MS = 2_000;

export class Oversleeping {
  #listensUntilMs = Number.NEGATIVE_INFINITY;

  /** When to look at what is due then. */
  wakeAt(dueMs: number): number {
    return Math.max(dueMs, this.#listensUntilMs);
  }

  /** Whether what was due at that time is over now. */
  isOver(dueMs: number, nowMs: number): boolean {
    if (nowMs - this.wakeAt(dueMs) > ASLEEP_MS) this.#listensUntilMs = nowMs + LISTENS_MS;
    return nowMs >= this.wakeAt(dueMs);
  }
}
