/**
 * What became of Jobs while whoever has news of them was on its way, however long that takes: of each Job how this Node found it, and how it
 * is. What began and ended in between is told of, for all the steps between the two.
 */
import type { JobId, JobView } from './contract.ts';

/** Of Jobs that have changed; beyond it the one that is known longest is told of as it is in the end, if at all. */
const MAX_JOBS = 1_024;

/** What became of Jobs in the meantime, of each its first and its last view; 1,024 Jobs at most. */
export class JobsMeanwhile {
  readonly #jobs = new Map<JobId, readonly [first: JobView, last: JobView]>();

  constructor(views: readonly JobView[]) {
    for (const view of views) this.look(view);
  }

  look(view: JobView | undefined): void {
    if (!view) return;
    const { id } = view.description;
    const [first] = this.#jobs.get(id) ?? [];
    // Who does not coordinate it has nothing to say of it.
    this.#jobs.set(id, [first?.role === 'coordinator' ? first : view, view]);
    const [oldest] = this.#jobs.keys();
    if (oldest !== undefined && this.#jobs.size > MAX_JOBS) this.#jobs.delete(oldest);
  }

  /** The oldest first. */
  get views(): readonly JobView[] {
    return [...this.#jobs.values()].flat();
  }
}
