/** Waiting for what is not there yet: looks now and after each change, for a while. */
import { CancelledError } from '../runtime/index.ts';

export interface FindOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface Search<T> extends FindOptions {
  /** Undefined: not yet. What it throws ends the search. */
  look(): T | undefined;
  /** Calls the listener after each change, until it is told not to. */
  onChange(listener: () => void): () => void;
  /** For a person: `looking for the Node`. */
  readonly what: string;
  /** Why nothing was found in time. */
  missing(): Error;
}

/** @throws what `look` throws, `missing` after the time, CancelledError */
export function whenFound<T>(search: Search<T>): Promise<T> {
  const { timeoutMs, signal, what } = search;
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      off();
      signal.removeEventListener('abort', aborted);
      settle();
    };
    const aborted = (): void => end(() => reject(new CancelledError(what)));
    const timer = setTimeout(() => end(() => reject(search.missing())), timeoutMs);
    const look = (): void => {
      try {
        const found = search.look();
        if (found !== undefined) end(() => resolve(found));
      } catch (error) {
        end(() => reject(error));
      }
    };
    const off = search.onChange(look);
    signal.addEventListener('abort', aborted);
    if (signal.aborted) aborted();
    else look();
  });
}
