/** Requests that wait for answers, each on a subject of its own below one that is subscribed to once. */
import { CancelledError, type Timers } from '../../../runtime/index.ts';
import { SUBSCRIPTION_BYTES } from '../contract.ts';
import { NoAnswerError, NoRespondersError, SlowConsumerError } from './errors.ts';
import type { HeaderInit } from './headers.ts';
import type { Msg } from './msg.ts';
import { checkOptions, countProblem, durationProblem } from './options.ts';

/** How a `request` asks; times in milliseconds. */
export interface RequestOptions {
  readonly headers?: HeaderInit;
  readonly signal?: AbortSignal;
  /** Default 10,000. */
  readonly timeoutMs?: number;
}

/** How a `requestMany` asks, and when it has enough; times in milliseconds. */
export interface RequestManyOptions {
  readonly headers?: HeaderInit;
  readonly signal?: AbortSignal;
  /** Default 1,000. */
  readonly maxWaitMs?: number;
  readonly maxMessages?: number;
  /** Ends when for so long after an answer no other came. */
  readonly stallMs?: number;
}

interface InboxDependencies {
  /** Nobody else's. */
  readonly prefix: string;
  readonly timers: Timers;
}

interface Request {
  heard(msg: Msg): void;
  failed(error: Error): void;
}

const TIMEOUT_MS = 10_000;
const MAX_WAIT_MS = 1_000;
const NOBODY = 503;

export class Inbox {
  /** Whether it is subscribed to. */
  isOpen = false;
  readonly #prefix: string;
  readonly #timers: Timers;
  readonly #requests = new Map<string, Request>();
  #count = 0;

  constructor({ prefix, timers }: InboxDependencies) {
    this.#prefix = prefix;
    this.#timers = timers;
  }

  get pattern(): string {
    return `${this.#prefix}.*`;
  }

  heard(msg: Msg): void {
    this.#requests.get(msg.subject)?.heard(msg);
  }

  close(error: Error): void {
    for (const request of [...this.#requests.values()]) request.failed(error);
  }

  one(subject: string, options: RequestOptions, ask: (reply: string) => void): Promise<Msg> {
    const { signal, timeoutMs = TIMEOUT_MS } = options;
    checkOptions(`a request to "${subject}"`, [durationProblem('timeoutMs', timeoutMs)]);
    return new Promise((resolve, reject) => {
      const over = this.#begin(signal, ask, {
        heard: (msg) => {
          over();
          if (isNobody(msg)) reject(new NoRespondersError(subject));
          else resolve(msg);
        },
        failed: (error) => {
          over();
          reject(error);
        },
        timeoutMs,
        late: () => reject(new NoAnswerError(subject, timeoutMs)),
      });
    });
  }

  many(
    subject: string,
    { signal, maxWaitMs = MAX_WAIT_MS, maxMessages = Number.POSITIVE_INFINITY, stallMs }: RequestManyOptions,
    ask: (reply: string) => void,
  ): AsyncIterableIterator<Msg, undefined> {
    checkOptions(`a request to "${subject}"`, [
      durationProblem('maxWaitMs', maxWaitMs),
      countProblem('maxMessages', maxMessages),
      durationProblem('stallMs', stallMs),
    ]);
    const line: Msg[] = [];
    let lineBytes = 0;
    let failure: Error | undefined;
    let isOver = false;
    let count = 0;
    let wake: () => void = () => undefined;
    let stopStall: () => void = () => undefined;
    const end = (error?: Error): void => {
      over();
      stopStall();
      failure ??= error;
      isOver = true;
      wake();
    };
    const over = this.#begin(signal, ask, {
      heard: (msg) => {
        if (isNobody(msg)) {
          end(count === 0 ? new NoRespondersError(subject) : undefined);
          return;
        }
        lineBytes += msg.weight;
        if (lineBytes > SUBSCRIPTION_BYTES) {
          end(new SlowConsumerError(subject, SUBSCRIPTION_BYTES));
          return;
        }
        line.push(msg);
        stopStall();
        if (++count >= maxMessages) end();
        else if (stallMs !== undefined) stopStall = this.#timers.after(stallMs, () => end());
        wake();
      },
      failed: end,
      timeoutMs: maxWaitMs,
      late: () => end(),
    });
    const next = async (): Promise<IteratorResult<Msg, undefined>> => {
      for (;;) {
        const value = line.shift();
        if (value) {
          lineBytes -= value.weight;
          return { done: false, value };
        }
        if (failure) {
          const error = failure;
          failure = undefined;
          throw error;
        }
        if (isOver) return { done: true, value: undefined };
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    };
    return {
      next,
      return: async () => {
        line.length = 0;
        end();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /** @returns what ends the wait */
  #begin(
    signal: AbortSignal | undefined,
    ask: (reply: string) => void,
    { heard, failed, timeoutMs, late }: Request & { readonly timeoutMs: number; readonly late: () => void },
  ): () => void {
    const reply = `${this.#prefix}.${++this.#count}`;
    const over = (): void => {
      this.#requests.delete(reply);
      signal?.removeEventListener('abort', cancelled);
      stopTimer();
    };
    const cancelled = (): void => failed(new CancelledError('the request'));
    const stopTimer = this.#timers.after(timeoutMs, () => {
      over();
      late();
    });
    this.#requests.set(reply, { heard, failed });
    signal?.addEventListener('abort', cancelled, { once: true });
    // After the caller has what ends it: the answer may come at once.
    queueMicrotask(() => {
      if (!this.#requests.has(reply)) return;
      if (signal?.aborted) {
        cancelled();
        return;
      }
      try {
        ask(reply);
      } catch (error) {
        failed(error instanceof Error ? error : new Error(String(error)));
      }
    });
    return over;
  }
}

function isNobody(msg: Msg): boolean {
  return msg.headers?.code === NOBODY && msg.data.length === 0;
}
