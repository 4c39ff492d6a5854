/** One-shot timers as a dependency, so that the simulator can replace them with virtual time. */
export interface Timers {
  /** Calls `callback` once after `delayMs`; the returned function cancels it (harmless after it has fired). */
  after(delayMs: number, callback: () => void): () => void;
}

/** The platform's; delays in milliseconds. */
export const systemTimers: Timers = {
  after(delayMs, callback) {
    const handle = setTimeout(callback, delayMs);
    return () => clearTimeout(handle);
  },
};
