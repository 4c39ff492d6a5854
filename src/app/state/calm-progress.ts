/**
 * A render's progress as the page shows it. Each change of the page is a frame to lay out, paint and compose, which without a GPU takes the
 * cores that render; so numbers, marks and picture change together, at the rate that can be seen: several times a second while the
 * picture appears, then, as it changes ever less, down to once. A page that nobody sees changes when the percentage in its title does.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { JobProgress } from '../../render/job/index.ts';
import type { Timers } from '../../runtime/index.ts';
import { percentOf } from './format.ts';

export interface SeenPage {
  readonly timers: Timers;
  readonly page: Pick<Document, 'visibilityState' | 'addEventListener' | 'removeEventListener'>;
}

const LEAST_REST_MS = 200;
const MOST_REST_MS = 1_000;
/** Of the time that a render has taken so far: a tenth more samples take a twentieth of the noise away, which nobody sees. */
const REST_SHARE = 0.1;

export class CalmProgress {
  readonly #seen: SeenPage;
  readonly #shown;
  /** What is not shown yet. */
  #next: JobProgress | undefined;
  #stopRest: (() => void) | undefined;

  constructor(first: JobProgress, seen: SeenPage) {
    this.#shown = signal(first);
    this.#seen = seen;
    seen.page.addEventListener('visibilitychange', this.#look);
  }

  get shown(): ReadonlySignal<JobProgress> {
    return this.#shown;
  }

  /** As it comes. */
  comes(progress: JobProgress): void {
    this.#next = progress;
    this.#showIfDue();
  }

  /** What must be seen at once: the render stands otherwise now. */
  stands(progress: JobProgress): void {
    this.#show(progress);
  }

  close(): void {
    this.#next = undefined;
    this.#stopRest?.();
    this.#seen.page.removeEventListener('visibilitychange', this.#look);
  }

  readonly #look = (): void => this.#showIfDue();

  get #isHidden(): boolean {
    return this.#seen.page.visibilityState === 'hidden';
  }

  #showIfDue(): void {
    if (!this.#next || this.#stopRest) return;
    if (this.#isHidden && percent(this.#next) === percent(this.#shown.peek())) return;
    this.#show(this.#next);
  }

  #show(progress: JobProgress): void {
    this.#next = undefined;
    this.#shown.value = progress;
    this.#stopRest?.();
    const restMs = Math.max(
      LEAST_REST_MS,
      Math.min(MOST_REST_MS, 1000 * REST_SHARE * progress.elapsedSeconds),
    );
    this.#stopRest = this.#seen.timers.after(restMs, () => {
      this.#stopRest = undefined;
      this.#showIfDue();
    });
  }
}

const percent = ({ samplesDone, samplesTotal }: JobProgress): number => percentOf(samplesDone, samplesTotal);
