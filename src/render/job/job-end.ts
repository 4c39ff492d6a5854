/** The promise of a Job's end. A Job that is taken up again after it failed or was cancelled has a fresh one. */
import { JobFailedError } from '../../farm/index.ts';
import { CancelledError } from '../../runtime/index.ts';
import type { ToldState } from './job-state.ts';

class Ending {
  readonly promise: Promise<string>;
  resolve: (hash: string) => void = () => {};
  reject: (error: Error) => void = () => {};
  isSettled = false;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Nobody has to wait for it.
    this.promise.catch(() => {});
  }
}

export class JobEnd {
  #ending = new Ending();

  get promise(): Promise<string> {
    return this.#ending.promise;
  }

  /** @param hash of a picture that is done */
  follow({ state, reason }: ToldState, hash: string | undefined): void {
    switch (state) {
      case 'done':
        if (hash !== undefined) this.#settle(() => this.#ending.resolve(hash));
        return;
      case 'failed':
        this.#settle(() => this.#ending.reject(new JobFailedError(reason ?? 'the render failed')));
        return;
      case 'cancelled':
        this.giveUp();
        return;
      case 'preparing':
      case 'rendering':
      case 'waiting':
      case 'paused':
        if (this.#ending.isSettled) this.#ending = new Ending();
        return;
      default:
        state satisfies never;
    }
  }

  /** Nobody will know any more. */
  giveUp(): void {
    this.#settle(() => this.#ending.reject(new CancelledError('the render')));
  }

  #settle(how: () => void): void {
    if (this.#ending.isSettled) return;
    this.#ending.isSettled = true;
    how();
  }
}
