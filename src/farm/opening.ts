/**
 * Which Jobs' inputs this Node has in memory: at most OPEN_JOBS at once, higher priorities first. One that is worth more takes the place
 * of the least, as soon as no worker is at a Task of it. What cannot be fetched is tried again.
 */
import type { NodeId } from '../wire/index.ts';
import type { JobDescription, JobId } from './contract.ts';
import { byRank, type LentJob, nextToOpen, rankOf } from './lent-job.ts';

/** The Job in work and the next one, so that its scene is here when the first has nothing left to grant. */
const OPEN_JOBS = 2;
/** Fetching is tried so often, with a growing pause, before the person is told; then it is tried seldom. */
const OPEN_ATTEMPTS = 3;
const RETRY_MS = 1_000;
const SELDOM_MS = 30_000;

export interface OpeningPort {
  readonly self: NodeId;
  /** `opened` or `failed` follows. */
  open(job: JobDescription): void;
  shut(job: JobId): void;
  isBusyWith(job: JobId): boolean;
  /** Its workers hand back what they have of it. */
  leave(job: LentJob, nowMs: number): void;
  /** `reason` keeps it from us, for good or for long. */
  refused(job: LentJob): void;
}

export class Opening {
  readonly #jobs: ReadonlyMap<JobId, LentJob>;
  readonly #port: OpeningPort;

  constructor(jobs: ReadonlyMap<JobId, LentJob>, port: OpeningPort) {
    this.#jobs = jobs;
    this.#port = port;
  }

  opened(id: JobId): void {
    const job = this.#jobs.get(id);
    if (job?.state !== 'opening') return;
    job.state = 'open';
    job.attempts = 0;
  }

  failed(id: JobId, isRefused: boolean, reason: string, nowMs: number): void {
    const job = this.#jobs.get(id);
    if (job?.state !== 'opening') return;
    job.attempts++;
    job.reason = reason;
    job.state = isRefused ? 'refused' : 'queued';
    job.retryAtMs = nowMs + (job.attempts < OPEN_ATTEMPTS ? RETRY_MS * job.attempts : SELDOM_MS);
    // Again each time: whoever coordinates by now may not have heard it.
    if (isRefused || job.attempts >= OPEN_ATTEMPTS) this.#port.refused(job);
  }

  /** The Job is over. */
  ended(job: LentJob): void {
    if (isInMemory(job)) this.#port.shut(job.description.id);
  }

  /** Does what can be done now. Call it whenever Jobs, their ranks or what the workers are at have changed. */
  next(nowMs: number): void {
    this.#closeLeaving();
    const inMemory = [...this.#jobs.values()].filter(isInMemory);
    for (let free = OPEN_JOBS - inMemory.length; ; free--) {
      const next = nextToOpen([...this.#jobs.values()], inMemory.length === 0, this.#port.self, nowMs);
      if (!next) return;
      if (free <= 0) {
        this.#makeRoom(next, inMemory, nowMs);
        return;
      }
      next.state = 'opening';
      inMemory.push(next);
      this.#port.open(next.description);
    }
  }

  /** One at a time: it may have to finish what its workers are at. */
  #makeRoom(next: LentJob, inMemory: readonly LentJob[], nowMs: number): void {
    if (inMemory.some(({ state }) => state === 'leaving')) return;
    const least = inMemory.toSorted(byRank).at(-1);
    if (!least || rankOf(next.control) <= rankOf(least.control)) return;
    least.state = 'leaving';
    this.#port.leave(least, nowMs);
    this.#closeLeaving();
  }

  #closeLeaving(): void {
    for (const [id, job] of this.#jobs) {
      if (job.state !== 'leaving' || this.#port.isBusyWith(id)) continue;
      job.state = 'queued';
      this.#port.shut(id);
    }
  }
}

const isInMemory = ({ state }: LentJob): boolean => state !== 'queued' && state !== 'refused';
