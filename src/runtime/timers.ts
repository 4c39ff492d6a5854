/** One-shot timers as a dependency, so that the simulator can replace them with virtual time. */
export interface Timers {
  /** Calls `callback` once after `delayMs`; the returned function cancels it (harmless after it has fired). */
  after(delayMs: number, callback: () => void): () => void;
}

/** What `setTimeout` can wait, 24.8 days; a longer delay (`timeoutMs: Infinity`) would fire at once. */
const LONGEST_MS = 2 ** 31 - 1;

export const systemTimers: Timers = {
  after(delayMs, callback) {
    let handle: ReturnType<typeof setTimeout>;
    const wait = (leftMs: number): void => {
      handle =
        leftMs > LONGEST_MS
          ? setTimeout(() => wait(leftMs - LONGEST_MS), LONGEST_MS)
          : setTimeout(callback, leftMs);
    };
    wait(delayMs);
    return () => clearTimeout(handle);
  },
};
