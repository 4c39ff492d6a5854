/**
 * How much work one grant carries. Large grants hide the round trip and keep the number of messages low; small ones
 * bring the first picture early and leave little to wait for at the end (guided self-scheduling, Polychronopoulos and Kuck 1987).
 */

/** A grant in the middle of a large Job; with one more prefetched a worker holds at most 1.5 s of work. */
const FULL_GRANT_MS = 750;
/** A grant at the very start: a few round trips of a wide-area link. */
const FIRST_GRANT_MS = 60;
/** Grants grow with the age of the Job: a quarter of it. */
const AGE_SHARE = 0.25;

export interface GrantSituation {
  /** Cost per millisecond as measured, undefined before the worker's first result. */
  readonly speed: number | undefined;
  /** Since the Job's first grant. */
  readonly ageMs: number;
  /** Cost of the Tasks nobody has a Lease of. */
  readonly remainingCost: number;
  /** Workers that share it. */
  readonly workers: number;
}

/** Weight of the newest result in a worker's smoothed speed. */
const SPEED_SMOOTHING = 0.3;
/** Half a clock tick of a browser: nothing is faster than that. */
const LEAST_MS = 0.05;

/** Cost per millisecond, after one more result. */
export function smoothedSpeed(before: number | undefined, cost: number, elapsedMs: number): number {
  const speed = cost / Math.max(elapsedMs, LEAST_MS);
  return before === undefined ? speed : before + SPEED_SMOOTHING * (speed - before);
}

/** The cost to grant; one Task is granted in any case. */
export function grantBudget({ speed, ageMs, remainingCost, workers }: GrantSituation): number {
  if (speed === undefined) return 0;
  const targetMs = Math.min(FULL_GRANT_MS, Math.max(FIRST_GRANT_MS, ageMs * AGE_SHARE));
  return Math.min(speed * targetMs, remainingCost / (2 * Math.max(1, workers)));
}
