/** Reading the log of a Job that another Node coordinates: asks until it is told, for a while. */
import type { Timers } from '../../runtime/index.ts';
import type { JobId } from '../contract.ts';
import { JobUnattendedError } from '../errors.ts';

/** A question may be lost. */
const ASK_AGAIN_MS = 2_000;
const ASK_TIMES = 5;

interface Reading {
  readonly promise: Promise<void>;
  told(): void;
  failed(): void;
}

export class LogReader {
  readonly #timers: Timers;
  readonly #ask: (id: JobId) => void;
  readonly #readings = new Map<JobId, Reading>();

  constructor(timers: Timers, ask: (id: JobId) => void) {
    this.#timers = timers;
    this.#ask = ask;
  }

  /** Whoever asks meanwhile gets the same answer. @throws JobUnattendedError when nobody answers */
  read(id: JobId): Promise<void> {
    const reading = this.#readings.get(id);
    return reading ? reading.promise : this.#begin(id);
  }

  told(id: JobId): void {
    this.#readings.get(id)?.told();
  }

  close(): void {
    for (const { failed } of [...this.#readings.values()]) failed();
  }

  #begin(id: JobId): Promise<void> {
    let stopTimer = (): void => {};
    let resolve = (): void => {};
    let reject = (_error: Error): void => {};
    const promise = new Promise<void>((fulfil, fail) => {
      resolve = fulfil;
      reject = fail;
    });
    const end = (settle: () => void): void => {
      stopTimer();
      this.#readings.delete(id);
      settle();
    };
    const failed = (): void => end(() => reject(new JobUnattendedError()));
    const ask = (times: number): void => {
      if (times === 0) {
        failed();
        return;
      }
      stopTimer = this.#timers.after(ASK_AGAIN_MS, () => ask(times - 1));
      this.#ask(id);
    };
    this.#readings.set(id, { promise, told: () => end(resolve), failed });
    ask(ASK_TIMES);
    return promise;
  }
}
