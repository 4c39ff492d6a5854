/** What callers wait for: a promise for each token, settled exactly once, and let go of when its signal aborts. */
import type { LeafcutterError } from '../../runtime/index.ts';
import type { Failure, Token } from '../vocabulary.ts';
import { errorOf, type Purpose } from './failure-errors.ts';

interface Waiting {
  readonly purpose: Purpose;
  readonly resolve: (value: never) => void;
  readonly reject: (error: LeafcutterError) => void;
  readonly signal: AbortSignal | undefined;
  readonly onAbort: (() => void) | undefined;
}

export class Settlements {
  readonly #waiting = new Map<Token, Waiting>();
  readonly #cancel: (token: Token) => void;
  #next = 1;

  /** `cancel` is told of tokens whose signal has aborted; they settle as `cancelled` in turn. */
  constructor(cancel: (token: Token) => void) {
    this.#cancel = cancel;
  }

  /** Starts something under a fresh token and waits for it. `start` may settle it at once. */
  wait<T>(purpose: Purpose, signal: AbortSignal | undefined, start: (token: Token) => void): Promise<T> {
    if (signal?.aborted) return Promise.reject(errorOf({ reason: 'cancelled' }, purpose, signal.reason));
    return new Promise<T>((resolve, reject) => {
      const token = this.#next++ as Token;
      const onAbort = signal && (() => this.#cancel(token));
      if (onAbort) signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.set(token, { purpose, resolve, reject, signal, onAbort });
      start(token);
    });
  }

  succeeded(token: Token, value?: unknown): void {
    this.#take(token)?.resolve(value as never);
  }

  failed(token: Token, failure: Failure): void {
    const waiting = this.#take(token);
    waiting?.reject(errorOf(failure, waiting.purpose, waiting.signal?.reason));
  }

  #take(token: Token): Waiting | undefined {
    const waiting = this.#waiting.get(token);
    if (!waiting) return undefined;
    this.#waiting.delete(token);
    if (waiting.onAbort) waiting.signal?.removeEventListener('abort', waiting.onAbort);
    return waiting;
  }
}
