import { type Clock, systemClock } from './clock.ts';

/** One-shot timers as a dependency, so that the simulator can replace them with virtual time. */
export interface Timers {
  /** Calls `callback` once after `delayMs`; the returned function cancels it (harmless after it has fired). */
  after(delayMs: number, callback: () => void): () => void;
}

/** Engines keep a delay in 32 bits with a sign and fire at once what is longer: such a one is waited for in parts. */
const LONGEST_MS = 2 ** 31 - 1;

/** The platform's; delays in milliseconds. */
export const systemTimers: Timers = {
  after(delayMs, callback) {
    let handle: ReturnType<typeof setTimeout>;
    const wait = (leftMs: number): void => {
      const isLast = leftMs <= LONGEST_MS;
      handle = setTimeout(isLast ? callback : () => wait(leftMs - LONGEST_MS), Math.min(leftMs, LONGEST_MS));
    };
    wait(delayMs);
    return () => clearTimeout(handle);
  },
};

/** Both of the platform's, for what waits and reads the time. */
export const systemTime: Clock & Timers = { ...systemClock, ...systemTimers };
