/** Milliseconds on a monotonic scale. Only differences mean anything. Drivers read it; protocols are told the time. */
export interface Clock {
  now(): number;
}

export const systemClock: Clock = { now: () => performance.now() };
