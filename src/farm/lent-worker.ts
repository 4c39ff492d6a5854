/**
 * One local worker, lent out: keeps it busy with one Task running and the next ones at hand, asks for more while it still has
 * some, and moves to another Job when its own has nothing left to grant.
 */
import { messageOf } from '../runtime/index.ts';
import type { JobId, LeaseRef, TaskRunner } from './contract.ts';

/** A Job whose inputs are here. */
export interface OpenJob {
  readonly id: JobId;
  readonly runner: TaskRunner;
}

/** How the worker reaches the owners of the Jobs it works for. */
export interface LentWorkerPort {
  /** Jobs to work for, the one to prefer first. */
  jobs(): readonly OpenJob[];
  now(): number;
  /** `isEmptyHanded`: nothing that was granted before is here. */
  pull(job: JobId, worker: number, isEmptyHanded: boolean): void;
  /** Settles when the owner's Node has the result; a rejection means that it is of no use to anyone. */
  result(job: JobId, worker: number, lease: LeaseRef, bytes: Uint8Array, elapsedMs: number): Promise<void>;
  failure(job: JobId, worker: number, lease: LeaseRef, reason: string): void;
  unfit(job: JobId, worker: number, reason: string): void;
  release(job: JobId, worker: number): void;
}

/** Results on their way before the worker waits for the network: enough for a round trip of quick Tasks, 300 KiB of Blocks. */
const MAX_UNSENT = 6;
/** An idle worker whose question was answered by nothing for so long asks again: the owner may have lost sight of us. */
export const ASK_AGAIN_MS = 3_000;

interface Question {
  /** `waiting`: the owner has said "nothing now" and will come back. */
  state: 'pulled' | 'waiting';
  readonly atMs: number;
}

export class LentWorker {
  readonly #index: number;
  readonly #port: LentWorkerPort;
  #queue: { readonly job: OpenJob; readonly lease: LeaseRef }[] = [];
  /** The Job it last worked for, whose inputs the worker has loaded. */
  #current: OpenJob | undefined;
  #isBusy = false;
  #isStopped = false;
  #unsent = 0;
  /** Size of the last grant: ask for more at half of it. */
  #lastGrant = 1;
  /** Jobs that owe an answer to a pull. */
  readonly #asked = new Map<JobId, Question>();
  readonly #unfitFor = new Set<JobId>();

  constructor(index: number, port: LentWorkerPort) {
    this.#index = index;
    this.#port = port;
  }

  /** An answer to a pull. */
  granted(job: OpenJob, leases: readonly LeaseRef[]): void {
    if (leases.length === 0) {
      const question = this.#asked.get(job.id);
      if (question) question.state = 'waiting';
      else this.#asked.set(job.id, { state: 'waiting', atMs: this.#port.now() });
    } else {
      this.#asked.delete(job.id);
      this.#lastGrant = leases.length;
      for (const lease of leases) this.#queue.push({ job, lease });
    }
    this.pump();
  }

  revoked(job: JobId, leases: readonly LeaseRef[]): void {
    const fences = new Set(leases.map(({ fence }) => fence));
    this.#queue = this.#queue.filter((one) => one.job.id !== job || !fences.has(one.lease.fence));
    this.pump();
  }

  /** The owner may have forgotten our question: ask again. */
  resync(job: JobId): void {
    this.#asked.delete(job);
    this.pump();
  }

  /** Call about once a second: repeats questions that led to nothing. */
  askAgain(): void {
    const nowMs = this.#port.now();
    if (this.#isStopped || this.#isBusy || this.#queue.length > 0 || this.#unsent > 0) return;
    for (const { id } of this.#port.jobs()) {
      const question = this.#asked.get(id);
      if (!question || nowMs - question.atMs < ASK_AGAIN_MS) continue;
      this.#asked.set(id, { state: 'pulled', atMs: nowMs });
      this.#port.pull(id, this.#index, true);
    }
  }

  /** The Job ended: what it left here is void. */
  dropJob(job: JobId): void {
    this.#queue = this.#queue.filter((one) => one.job.id !== job);
    this.#asked.delete(job);
    this.#unfitFor.delete(job);
    if (this.#current?.id === job) this.#current = undefined;
    this.pump();
  }

  /** Hands everything back. A Task that still finishes is sent all the same: its bytes are as good as any. */
  stop(): void {
    this.#isStopped = true;
    const jobs = new Set([...this.#queue.map(({ job }) => job.id), ...this.#asked.keys()]);
    if (this.#current) jobs.add(this.#current.id);
    this.#queue = [];
    for (const job of jobs) this.#port.release(job, this.#index);
  }

  /** Does what can be done now. Call it whenever something has changed. */
  pump(): void {
    if (this.#isStopped) return;
    if (!this.#isBusy && this.#unsent < MAX_UNSENT) {
      const next = this.#queue.shift();
      if (next) void this.#work(next.job, next.lease);
    }
    if (this.#isBusy || this.#queue.length > 0) {
      if (this.#current && this.#queue.length <= this.#lastGrant >> 1) this.#ask(this.#current);
      return;
    }
    for (const job of this.#port.jobs()) {
      if (this.#unfitFor.has(job.id)) continue;
      const asked = this.#asked.get(job.id);
      if (asked?.state === 'pulled') return;
      if (asked?.state === 'waiting') continue;
      if (this.#current === job) this.#ask(job);
      else void this.#takeUp(job);
      return;
    }
  }

  async #takeUp(job: OpenJob): Promise<void> {
    this.#isBusy = true;
    await this.#prepare(job);
    this.#isBusy = false;
    this.pump();
  }

  #ask(job: OpenJob): void {
    if (this.#asked.has(job.id)) return;
    this.#asked.set(job.id, { state: 'pulled', atMs: this.#port.now() });
    this.#port.pull(job.id, this.#index, false);
  }

  /** Loads a Job's inputs into the worker; false when it cannot work for it. */
  async #prepare(job: OpenJob): Promise<boolean> {
    try {
      await job.runner.prepare(this.#index);
      this.#current = job;
      return true;
    } catch (error) {
      if (!this.#isStopped && this.#isKnown(job)) {
        this.#unfitFor.add(job.id);
        this.#port.unfit(job.id, this.#index, messageOf(error));
      }
      return false;
    }
  }

  async #work(job: OpenJob, lease: LeaseRef): Promise<void> {
    this.#isBusy = true;
    try {
      if (this.#current !== job && !(await this.#prepare(job))) return;
      this.pump();
      const { bytes, elapsedMs } = await job.runner.run(this.#index, lease.task);
      if (this.#isKnown(job)) this.#send(job, lease, bytes, elapsedMs);
    } catch (error) {
      // The worker may have been replaced by a fresh one, which has nothing loaded.
      if (this.#current === job) this.#current = undefined;
      if (!this.#isStopped && this.#isKnown(job)) {
        this.#port.failure(job.id, this.#index, lease, messageOf(error));
      }
    } finally {
      this.#isBusy = false;
      this.pump();
    }
  }

  #send(job: OpenJob, lease: LeaseRef, bytes: Uint8Array, elapsedMs: number): void {
    this.#unsent++;
    const settled = (): void => {
      this.#unsent--;
      this.pump();
    };
    this.#port.result(job.id, this.#index, lease, bytes, elapsedMs).then(settled, settled);
  }

  #isKnown(job: OpenJob): boolean {
    return this.#port.jobs().includes(job);
  }
}
