/** Promises of people who wait, by token. Each settles once: by what comes of it, by its signal, or because the room closes. */
import { CancelledError } from '../../../runtime/index.ts';
import type { UpdateHash } from '../contract.ts';
import type { Token } from '../room-events.ts';

interface Waiter {
  resolve(hash: UpdateHash | undefined): void;
  reject(error: Error): void;
}

export class Waiting {
  readonly #waiters = new Map<Token, Waiter>();
  /** One listener for each signal, however many wait by it. */
  readonly #aborts = new Map<AbortSignal, Aborts>();
  #lastToken = 0;

  /** @param begin is called at once, with the token; @param cancelled when the signal ended the wait */
  wait(
    what: string,
    signal: AbortSignal | undefined,
    begin: (token: Token) => void,
    cancelled: (token: Token) => void,
  ): Promise<UpdateHash | undefined> {
    const token = ++this.#lastToken;
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.reject(token, new CancelledError(what));
        cancelled(token);
      };
      const over = this.#onAbort(signal, abort);
      this.#waiters.set(token, {
        resolve: (hash) => {
          over();
          resolve(hash);
        },
        reject: (error) => {
          over();
          reject(error);
        },
      });
      begin(token);
    });
  }

  resolve(token: Token, hash: UpdateHash | undefined): void {
    this.#take(token)?.resolve(hash);
  }

  reject(token: Token, error: Error): void {
    this.#take(token)?.reject(error);
  }

  rejectAll(error: Error): void {
    for (const token of [...this.#waiters.keys()]) this.reject(token, error);
  }

  /** @returns for when it is over */
  #onAbort(signal: AbortSignal | undefined, abort: () => void): () => void {
    if (!signal) return () => undefined;
    const known = this.#aborts.get(signal);
    const { aborts, abortAll } = known ?? newAborts();
    if (!known) {
      this.#aborts.set(signal, { aborts, abortAll });
      signal.addEventListener('abort', abortAll, { once: true });
    }
    aborts.add(abort);
    return () => {
      aborts.delete(abort);
      if (aborts.size > 0) return;
      this.#aborts.delete(signal);
      signal.removeEventListener('abort', abortAll);
    };
  }

  #take(token: Token): Waiter | undefined {
    const waiter = this.#waiters.get(token);
    this.#waiters.delete(token);
    return waiter;
  }
}

interface Aborts {
  readonly aborts: Set<() => void>;
  abortAll(): void;
}

function newAborts(): Aborts {
  const aborts = new Set<() => void>();
  return {
    aborts,
    abortAll: () => {
      for (const abort of [...aborts]) abort();
    },
  };
}
