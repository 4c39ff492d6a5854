/**
 * A process that is stopped, or on a machine that sleeps, wakes to find every deadline over, and what came meanwhile not read yet. Whom a deadline
 * is for has not missed it then: it begins anew.
 */

/** Far above what a busy machine does to a timer. */
const LATE_MS = 250;

/** Whether what was due then comes so late that this process must have stood still. */
export function stoodStill(dueAtMs: number, nowMs: number): boolean {
  return nowMs >= dueAtMs + LATE_MS;
}
