/**
 * A Node's side of other Nodes' Jobs, and of its own: fetches what a Job needs, lends every local worker out, and
 * reports to the owners. The oldest Job comes first; at most OPEN_JOBS have their inputs in memory at once.
 */
import { CancelledError, type Clock, log, messageOf, type Timers } from '../runtime/index.ts';
import type { NodeId } from '../wire/index.ts';
import type { JobId, JobKind, JobOffer, LeaseRef, TaskRunner } from './contract.ts';
import { JobRefusedError } from './errors.ts';
import { LentWorker, type LentWorkerPort, type OpenJob } from './lent-worker.ts';
import type { FarmMessage, FarmResult } from './messages.ts';

/** The Job in work and the next one, so that its scene is here when the first has nothing left to grant. */
const OPEN_JOBS = 2;
/** Fetching is tried so often, with a growing pause, before the Node gives the Job up. */
const OPEN_ATTEMPTS = 3;
const RETRY_MS = 1_000;
/** How often workers look whether a question of theirs was forgotten. */
const TICK_MS = 1_000;
/** At most five reports a second of how far the inputs have come. */
const REPORT_MS = 200;

export interface LenderPort {
  readonly clock: Clock;
  readonly timers: Timers;
  tell(owner: NodeId, message: FarmMessage): void;
  sendResult(owner: NodeId, result: FarmResult): Promise<void>;
  /** This Node takes no part in the Job; for the person. */
  refused(job: JobId, reason: string): void;
}

interface LentJob {
  readonly offer: JobOffer;
  readonly kind: JobKind;
  readonly abort: AbortController;
  /** `gave-up`: the inputs did not come; they may when the owner is in reach again. */
  state: 'queued' | 'opening' | 'open' | 'gave-up' | 'refused';
  open: OpenJob | undefined;
}

export class Lender {
  readonly #port: LenderPort;
  readonly #jobs = new Map<JobId, LentJob>();
  readonly #workers: LentWorker[] = [];
  #stopTimer: (() => void) | undefined;

  constructor(port: LenderPort) {
    this.#port = port;
  }

  get workerCount(): number {
    return this.#workers.length;
  }

  /** A running Job became known. */
  offer(offer: JobOffer, kind: JobKind): void {
    if (this.#jobs.has(offer.id)) return;
    this.#jobs.set(offer.id, { offer, kind, abort: new AbortController(), state: 'queued', open: undefined });
    this.#wakeLater();
    this.#openNext();
  }

  /** The owner told of a Job that we know: it may have forgotten us in between. */
  resync(id: JobId): void {
    const job = this.#jobs.get(id);
    if (job?.state === 'gave-up') {
      job.state = 'queued';
      this.#openNext();
    }
    for (const worker of this.#workers) worker.resync(id);
  }

  /** This Node stood still: any owner may have forgotten us. */
  resyncAll(): void {
    for (const id of [...this.#jobs.keys()]) this.resync(id);
  }

  ended(id: JobId): void {
    const job = this.#jobs.get(id);
    if (!job) return;
    this.#jobs.delete(id);
    job.abort.abort();
    for (const worker of this.#workers) worker.dropJob(id);
    job.open?.runner.close();
    if (this.#jobs.size === 0) {
      this.#stopTimer?.();
      this.#stopTimer = undefined;
    }
    this.#openNext();
  }

  granted(id: JobId, index: number, leases: readonly LeaseRef[]): void {
    const job = this.#jobs.get(id);
    const worker = this.#workers[index];
    if (!job) return;
    if (worker && job.open) worker.granted(job.open, leases);
    else this.#port.tell(job.offer.owner, { type: 'release', id, worker: index });
  }

  revoked(id: JobId, index: number, leases: readonly LeaseRef[]): void {
    this.#workers[index]?.revoked(id, leases);
  }

  /** Takes effect at once: what the workers that go had in hand is handed back. */
  setWorkers(count: number): void {
    while (this.#workers.length > count) this.#workers.pop()?.stop();
    while (this.#workers.length < count) {
      const worker = new LentWorker(this.#workers.length, this.#workerPort);
      this.#workers.push(worker);
      worker.pump();
    }
    this.#openNext();
  }

  close(): void {
    for (const id of [...this.#jobs.keys()]) this.ended(id);
    this.#workers.length = 0;
  }

  readonly #workerPort: LentWorkerPort = {
    jobs: () => [...this.#jobs.values()].flatMap(({ open }) => open ?? []),
    now: () => this.#port.clock.now(),
    pull: (id, worker, isEmptyHanded) => this.#tell(id, { type: 'pull', id, worker, isEmptyHanded }),
    failure: (id, worker, lease, reason) => this.#tell(id, { type: 'failure', id, worker, lease, reason }),
    unfit: (id, worker, reason) => this.#tell(id, { type: 'unfit', id, worker, reason }),
    release: (id, worker) => this.#tell(id, { type: 'release', id, worker }),
    result: async (id, worker, lease, bytes, elapsedMs) => {
      const job = this.#jobs.get(id);
      if (job) await this.#port.sendResult(job.offer.owner, { id, worker, lease, elapsedMs, bytes });
    },
  };

  #tell(id: JobId, message: FarmMessage): void {
    const job = this.#jobs.get(id);
    if (job) this.#port.tell(job.offer.owner, message);
  }

  #wakeLater(): void {
    this.#stopTimer ??= this.#port.timers.after(TICK_MS, () => {
      this.#stopTimer = undefined;
      if (this.#jobs.size === 0) return;
      this.#wakeLater();
      for (const worker of this.#workers) worker.askAgain();
    });
  }

  #openNext(): void {
    if (this.#workers.length === 0) return;
    const jobs = [...this.#jobs.values()];
    let inMemory = jobs.filter(({ state }) => state === 'opening' || state === 'open').length;
    for (const job of jobs) {
      if (inMemory >= OPEN_JOBS) return;
      if (job.state !== 'queued') continue;
      inMemory++;
      job.state = 'opening';
      void this.#open(job, 1);
    }
  }

  async #open(job: LentJob, attempt: number): Promise<void> {
    const { id } = job.offer;
    let runner: TaskRunner;
    try {
      runner = await job.kind.open(job.offer, {
        signal: job.abort.signal,
        onProgress: this.#progressReporter(job),
      });
    } catch (error) {
      if (job.abort.signal.aborted || error instanceof CancelledError) return;
      if (!(error instanceof JobRefusedError) && attempt < OPEN_ATTEMPTS) {
        log('warn', `a job's inputs did not come (attempt ${attempt}): ${messageOf(error)}`);
        this.#port.timers.after(RETRY_MS * attempt, () => {
          if (!job.abort.signal.aborted) void this.#open(job, attempt + 1);
        });
        return;
      }
      job.state = error instanceof JobRefusedError ? 'refused' : 'gave-up';
      this.#port.refused(id, messageOf(error));
      this.#tell(id, { type: 'refused', id, reason: messageOf(error) });
      this.#openNext();
      return;
    }
    if (job.abort.signal.aborted) {
      runner.close();
      return;
    }
    job.state = 'open';
    job.open = { id, runner };
    for (const worker of this.#workers) worker.pump();
  }

  #progressReporter(job: LentJob): (receivedBytes: number, totalBytes: number) => void {
    let reportedAtMs = Number.NEGATIVE_INFINITY;
    return (receivedBytes, totalBytes) => {
      const nowMs = this.#port.clock.now();
      if (receivedBytes < totalBytes && nowMs - reportedAtMs < REPORT_MS) return;
      reportedAtMs = nowMs;
      this.#tell(job.offer.id, { type: 'inputs', id: job.offer.id, receivedBytes, totalBytes });
    };
  }
}
