/** What a Node says to itself ends as what it says to others does: with its answer, its signal or its timeout. */
import type { Timers } from '../../runtime/index.ts';
import { errorOf, type Purpose } from './failure-errors.ts';

/** Starts the work and waits for it, at most `timeoutMs`, and no longer than until `signal` aborts. */
export function within<T>(
  work: () => Promise<T>,
  purpose: Purpose,
  timers: Timers,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<T> {
  const cancelled = () => errorOf({ reason: 'cancelled' }, purpose, signal?.reason);
  if (signal?.aborted) return Promise.reject(cancelled());
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(cancelled());
    signal?.addEventListener('abort', onAbort, { once: true });
    const stop = Number.isFinite(timeoutMs)
      ? timers.after(timeoutMs, () => reject(errorOf({ reason: 'timed-out', afterMs: timeoutMs }, purpose)))
      : undefined;
    work()
      .then(resolve, reject)
      .finally(() => {
        stop?.();
        signal?.removeEventListener('abort', onAbort);
      });
  });
}
