/** The Jobs that this Node knows, and how many at whose word: nobody may grow our memory without bound. */
import type { NodeId } from '../wire/index.ts';
import type { JobId } from './contract.ts';
import { isFinal } from './control.ts';
import type { JobState } from './job-state.ts';

interface Bounds {
  readonly jobs: number;
  /** Of all of them: a few bytes each. */
  readonly parts: number;
}

/** Of one Node that told of them; those of this Node and its disk are not counted. */
const OF_ONE_TELLER: Bounds = { jobs: 64, parts: 2 ** 21 };
const IN_ALL: Bounds = { jobs: 512, parts: 2 ** 23 };
/** Jobs that are not to be known again. */
const MAX_FORGOTTEN = 1024;

interface KnownJob {
  readonly job: JobState;
  readonly teller: NodeId;
  readonly parts: number;
}

export class KnownJobs {
  readonly #self: NodeId;
  readonly #jobs = new Map<JobId, KnownJob>();
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
   * Jobs to remove so that one more of that teller, of so many parts, has room, the oldest that are over and have no results here;
   * undefined when there are not enough.
   */
  roomFor(teller: NodeId, parts: number): readonly JobId[] | undefined {
    if (teller === this.#self) return [];
    const others = [...this.#jobs.values()].filter((one) => one.teller !== this.#self);
    const own = others.filter((one) => one.teller === teller);
    const ofOwn = spared(own, parts, OF_ONE_TELLER);
    const ofAll =
      ofOwn &&
      spared(
        others.filter(({ job }) => !ofOwn.includes(job.id)),
        parts,
        IN_ALL,
      );
    return ofAll && [...ofOwn, ...ofAll];
  }

  add(job: JobState, teller: NodeId, parts: number): void {
    this.#jobs.set(job.id, { job, teller, parts });
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

/** What goes for one more of so many parts. */
function spared(jobs: readonly KnownJob[], parts: number, most: Bounds): readonly JobId[] | undefined {
  let [count, sum] = [jobs.length + 1, jobs.reduce((all, one) => all + one.parts, parts)];
  const isRoom = (): boolean => count <= most.jobs && sum <= most.parts;
  const gone: JobId[] = [];
  for (const one of jobs) {
    if (isRoom()) break;
    if (!isFinal(one.job.control.phase) || one.job.store) continue;
    gone.push(one.job.id);
    count--;
    sum -= one.parts;
  }
  return isRoom() ? gone : undefined;
}
