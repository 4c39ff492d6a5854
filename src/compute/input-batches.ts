/** Reads inputs a bounded batch at a time: of what is there at once as much as fits, of what comes slowly whatever has come. */
import { CancelledError } from '../runtime/index.ts';
import type { Value } from './contract.ts';

export class InputBatches {
  readonly size: number;
  readonly #iterator: Iterator<Value> | AsyncIterator<Value>;
  /** The item that was asked for and has not come. */
  #next: Promise<IteratorResult<Value>> | undefined;
  #isExhausted = false;

  constructor(inputs: Iterable<Value> | AsyncIterable<Value>, size: number) {
    this.size = size;
    this.#iterator =
      Symbol.asyncIterator in inputs ? inputs[Symbol.asyncIterator]() : inputs[Symbol.iterator]();
  }

  get isExhausted(): boolean {
    return this.#isExhausted;
  }

  /** At least one input, except at the end. @throws CancelledError, what the inputs throw */
  async next(signal?: AbortSignal): Promise<readonly Value[]> {
    const batch: Value[] = [];
    while (batch.length < this.size && !this.#isExhausted) {
      this.#next ??= Promise.resolve(this.#iterator.next());
      const result = await (batch.length === 0 ? orAborted(this.#next, signal) : orLater(this.#next));
      if (result === undefined) break;
      this.#next = undefined;
      if (result.done) this.#isExhausted = true;
      else batch.push(result.value);
    }
    return batch;
  }

  /** Lets the source know that nobody reads on. */
  async close(): Promise<void> {
    if (this.#isExhausted) return;
    this.#isExhausted = true;
    if (this.#next) {
      // It may never come; and what it would throw interests nobody any more.
      this.#next.catch(() => {});
      return;
    }
    await this.#iterator.return?.();
  }
}

/** undefined when it is not there already. */
function orLater<T>(promise: Promise<T>): Promise<T | undefined> {
  // Three turns of the microtask queue are what a settled promise of an async generator needs.
  const later = Promise.resolve()
    .then(() => {})
    .then(() => {})
    .then(() => undefined);
  return Promise.race([promise, later]);
}

async function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  let stop = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new CancelledError('the computation'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
