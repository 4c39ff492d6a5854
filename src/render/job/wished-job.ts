/** What anybody may ask of a render, for everyone; each resolves when it is so. */
import type { JobWish } from '../../farm/index.ts';

export class WishedJob {
  readonly #wish: (wish: JobWish) => Promise<void>;

  constructor(wish: (wish: JobWish) => Promise<void>) {
    this.#wish = wish;
  }

  pause(): Promise<void> {
    return this.#wish({ type: 'pause' });
  }

  resume(): Promise<void> {
    return this.#wish({ type: 'resume' });
  }

  cancel(): Promise<void> {
    return this.#wish({ type: 'cancel' });
  }

  /** A failed or cancelled one goes on from where it was. */
  requeue(): Promise<void> {
    return this.#wish({ type: 'requeue' });
  }

  setPriority(priority: number): Promise<void> {
    return this.#wish({ type: 'priority', priority });
  }
}
