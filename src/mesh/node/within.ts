/** What a Node says to itself ends as what it says to others does: with its answer, its signal, its timeout or the Node's end. */
import type { Timers } from '../../runtime/index.ts';
import type { Failure } from '../vocabulary.ts';
import { errorOf, type Purpose } from './failure-errors.ts';

export interface Limits {
  readonly purpose: Purpose;
  readonly timers: Timers;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** Aborts when the Node closes. */
  readonly closing: AbortSignal;
}

/** Starts the work and waits for it, at most `timeoutMs`, and no longer than until `signal` or `closing` aborts. */
export function within<T>(work: () => Promise<T>, limits: Limits): Promise<T> {
  const { purpose, timers, timeoutMs, signal, closing } = limits;
  if (signal?.aborted) return Promise.reject(errorOf({ reason: 'cancelled' }, purpose, signal.reason));
  return new Promise<T>((resolve, reject) => {
    const fail = (failure: Failure): void => reject(errorOf(failure, purpose, signal?.reason));
    const onAbort = (): void => fail({ reason: 'cancelled' });
    const onClosing = (): void => fail({ reason: 'closed' });
    signal?.addEventListener('abort', onAbort, { once: true });
    closing.addEventListener('abort', onClosing, { once: true });
    const stop = Number.isFinite(timeoutMs)
      ? timers.after(timeoutMs, () => fail({ reason: 'timed-out', afterMs: timeoutMs }))
      : undefined;
    const over = (): void => {
      stop?.();
      signal?.removeEventListener('abort', onAbort);
      closing.removeEventListener('abort', onClosing);
    };
    work().then(resolve, reject).finally(over);
  });
}
