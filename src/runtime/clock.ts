/** Milliseconds on a monotonic scale. Only differences mean anything. Drivers read it; protocols are told the time. */
export interface Clock {
  now(): number;
}

/** Milliseconds since the page or process began; never goes back. */
export const systemClock: Clock = { now: () => performance.now() };

/** ms since 1970 as the machine has it: for people, and across lives. It may jump. */
export const systemWallClock: Clock = { now: () => Date.now() };
