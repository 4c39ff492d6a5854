/**
 * Which Jobs' inputs this Node has in memory: at most OPEN_JOBS at once, those that fair-shares.ts wants there. One that is wanted takes the
 * place of one that is not, as soon as no worker is at a Task of it. What cannot be fetched is tried again.
 */
import type { JobDescription, JobId } from './contract.ts';
import { type Onlooker, wantedJobs } from './fair-shares.ts';
import { byRank, type LentJob } from './lent-job.ts';

/** The Job in work and the next one, so that its scene is here when the first has nothing left to grant. */
const OPEN_JOBS = 2;
/** Fetching is tried so often, with a growing pause, before the person is told; then it is tried seldom. */
const OPEN_ATTEMPTS = 3;
const RETRY_MS = 1_000;
const SELDOM_MS = 30_000;

export interface OpeningPort extends Onlooker {
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

  /** So many Tasks of it are given out. Where there were none when its inputs did not come, somebody has them again: they are tried soon. */
  inWork(id: JobId, tasks: number, nowMs: number): void {
    const job = this.#jobs.get(id);
    if (!job) return;
    if (tasks > 0 && job.inWork === 0) job.retryAtMs = Math.min(job.retryAtMs, nowMs + RETRY_MS);
    job.inWork = tasks;
  }

  /** The Job is over. */
  ended(job: LentJob): void {
    if (isInMemory(job)) this.#port.shut(job.description.id);
  }

  /** Does what can be done now. Call it whenever Jobs, their ranks or what the workers are at have changed. */
  next(nowMs: number): void {
    this.#closeLeaving();
    const possible = [...this.#jobs.values()].filter((job) => isInMemory(job) || isReady(job, nowMs));
    const wanted = wantedJobs(possible, OPEN_JOBS, isInMemory, this.#port, nowMs);
    for (const next of wanted) {
      if (isInMemory(next)) continue;
      const inMemory = possible.filter(isInMemory);
      if (inMemory.length >= OPEN_JOBS) {
        this.#makeRoom(
          inMemory.filter((job) => !wanted.includes(job)),
          nowMs,
        );
        return;
      }
      next.state = 'opening';
      this.#port.open(next.description);
    }
  }

  /** One at a time: it may have to finish what its workers are at. */
  #makeRoom(spare: readonly LentJob[], nowMs: number): void {
    if ([...this.#jobs.values()].some(({ state }) => state === 'leaving')) return;
    const least = spare.toSorted(byRank).at(-1);
    if (!least) return;
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

const isReady = ({ state, retryAtMs }: LentJob, nowMs: number): boolean =>
  state === 'queued' && retryAtMs <= nowMs;
const isInMemory = ({ state }: LentJob): boolean => state !== 'queued' && state !== 'refused';
