/** The Jobs that this Node knows, and how many at whose word: nobody may grow our memory without bound. */
import type { NodeId } from '../wire/index.ts';
import type { JobId } from './contract.ts';
import { isFinal } from './control.ts';
import type { JobState } from './job-state.ts';

/** Of one Node that told of them; those of this Node and its disk are not counted. */
const MAX_PER_TELLER = 64;
const MAX_IN_ALL = 512;
/** Jobs that are not to be known again. */
const MAX_FORGOTTEN = 1024;

export class KnownJobs {
  readonly #self: NodeId;
  readonly #jobs = new Map<JobId, { readonly job: JobState; readonly teller: NodeId }>();
  readonly #forgotten = new Set<JobId>();

  constructor(self: NodeId) {
    this.#self = self;
  }

  get(id: JobId): JobState | undefined {
    return this.#jobs.get(id)?.job;
  }

  all(): readonly JobState[] {
    return [...this.#jobs.values()].map(({ job }) => job);
  }

  isForgotten(id: JobId): boolean {
    return this.#forgotten.has(id);
  }

  /**
   * Jobs to remove so that one more of that teller has room, the oldest that are over and have no results here; undefined when there is
   * none.
   */
  roomFor(teller: NodeId): readonly JobId[] | undefined {
    if (teller === this.#self) return [];
    const others = [...this.#jobs].filter(([, one]) => one.teller !== this.#self);
    const own = others.filter(([, one]) => one.teller === teller);
    const crowded = own.length >= MAX_PER_TELLER ? own : others.length >= MAX_IN_ALL ? others : [];
    if (crowded.length === 0) return [];
    const spare = crowded.find(([, { job }]) => isFinal(job.control.phase) && !job.store);
    return spare && [spare[0]];
  }

  add(job: JobState, teller: NodeId): void {
    this.#jobs.set(job.id, { job, teller });
  }

  /** `isForGood`: the person does not want to see it again. */
  remove(id: JobId, isForGood: boolean): void {
    this.#jobs.delete(id);
    if (!isForGood) return;
    this.#forgotten.add(id);
    const [oldest] = this.#forgotten;
    if (this.#forgotten.size > MAX_FORGOTTEN && oldest !== undefined) this.#forgotten.delete(oldest);
  }
}
