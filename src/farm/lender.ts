/**
 * A Node's side of everyone's Jobs, as a pure state machine: has the inputs fetched, lends every local worker out, keeps what they
 * made, and reports to whoever coordinates. Higher priorities come first, equal ones share the workers; at most OPEN_JOBS have their
 * inputs in memory at once.
 */
import type { NodeId } from '../wire/index.ts';
import type { JobControl, JobDescription, JobId, LeaseRef, Term } from './contract.ts';
import { HeldResults } from './held-results.ts';
import { byRank, type LentJob, nextToOpen, preferences, rankOf } from './lent-job.ts';
import { LentWorker, type LentWorkerPort, type Sending } from './lent-worker.ts';
import { type FarmMessage, MAX_HELD } from './messages.ts';
import { Need } from './need.ts';
import type { FarmResult } from './payload.ts';
import { isSameTerm } from './term.ts';

/** The Job in work and the next one, so that its scene is here when the first has nothing left to grant. */
const OPEN_JOBS = 2;
/** Fetching is tried so often, with a growing pause, before the person is told; then it is tried seldom. */
const OPEN_ATTEMPTS = 3;
const RETRY_MS = 1_000;
const SELDOM_MS = 30_000;
/** The second copy may be whole only some time after the end was told, and whoever has the first may go before. */
const KEEP_MS = 60_000;
/** How often workers look whether a question of theirs was forgotten. */
const TICK_MS = 1_000;

export interface LenderPort {
  readonly self: NodeId;
  toCoordinator(message: FarmMessage): void;
  /** `sending.worker.sent` follows. */
  sendResult(to: NodeId, result: FarmResult, sending: Sending): void;
  /** Fetches the inputs; `opened` or `openFailed` follows. */
  open(job: JobDescription): void;
  /** Gives up fetching them, or lets go of them. */
  shut(job: JobId): void;
  prepare(job: JobId, worker: LentWorker): void;
  run(job: JobId, worker: LentWorker, task: number): void;
  /** This Node takes no part in the Job; for the person. */
  refused(job: JobId, reason: string): void;
}

export class Lender {
  readonly #port: LenderPort;
  /** Oldest first. */
  readonly #jobs = new Map<JobId, LentJob>();
  readonly #held: HeldResults;
  #workers: LentWorker[] = [];
  /** So many there have been at a time. */
  #mostWorkers = 0;
  /** No longer wanted, but still at a Task. */
  readonly #retired = new Set<LentWorker>();
  /** When the held results of Jobs that are over go. */
  readonly #dropAtMs = new Map<JobId, number>();
  #tickAtMs = Number.POSITIVE_INFINITY;

  constructor(port: LenderPort, held = new HeldResults()) {
    this.#port = port;
    this.#held = held;
  }

  get workerCount(): number {
    return this.#workers.length;
  }

  get nextWakeAt(): number {
    return this.#tickAtMs;
  }

  /** Whether this Node has the Job's inputs. */
  hasInputs(id: JobId): boolean {
    return this.#jobs.get(id)?.state === 'open';
  }

  /** A Job that may be worked on became known, or something about it is another now. */
  offer(description: JobDescription, term: Term, control: JobControl, nowMs: number): void {
    const { id } = description;
    const job = this.#jobs.get(id);
    if (!job) {
      const fresh = { term, control, state: 'queued', attempts: 0, retryAtMs: nowMs, reason: '' } as const;
      this.#jobs.set(id, { description, ...fresh, untold: [...this.#held.tasks(id)], need: new Need() });
      this.#dropAtMs.delete(id);
      if (this.#tickAtMs === Number.POSITIVE_INFINITY) this.#tickAtMs = nowMs + TICK_MS;
    } else {
      job.control = control;
      if (!isSameTerm(job.term, term)) this.#newTerm(job, term, nowMs);
    }
    this.#openNext(nowMs);
  }

  /** A coordinator may have forgotten us, or we it. */
  resync(id: JobId, nowMs: number): void {
    const job = this.#jobs.get(id);
    if (!job) return;
    job.retryAtMs = Math.min(job.retryAtMs, nowMs);
    this.#introduce(job);
    const { number: term } = job.term;
    for (let worker = this.#workers.length; worker < this.#mostWorkers; worker++) {
      this.#port.toCoordinator({ type: 'release', id, term, worker });
    }
    for (const worker of this.#workers) worker.resync(id, nowMs);
    this.#openNext(nowMs);
  }

  /** This Node stood still: any coordinator may have forgotten us. */
  woke(nowMs: number): void {
    for (const [id, { need }] of this.#jobs) {
      need.woke(nowMs);
      this.resync(id, nowMs);
    }
  }

  /** The Job is over. */
  ended(id: JobId, nowMs: number): void {
    const job = this.#jobs.get(id);
    if (!job) return;
    this.#jobs.delete(id);
    this.#dropAtMs.set(id, nowMs + KEEP_MS);
    if (job.state !== 'queued' && job.state !== 'refused') this.#port.shut(id);
    for (const worker of this.#workers) worker.dropJob(id, nowMs);
    this.#openNext(nowMs);
  }

  /** `from` coordinates in term number `term`, or says so. */
  granted(
    from: NodeId,
    id: JobId,
    term: number,
    index: number,
    leases: readonly LeaseRef[],
    nowMs: number,
  ): void {
    const job = this.#jobOf(from, id, term);
    if (!job) return;
    job.need.answered(leases.length > 0, nowMs);
    const worker = this.#workers[index];
    if (worker && job.state === 'open') worker.granted(id, term, leases, nowMs);
    else if (leases.length > 0) this.#port.toCoordinator({ type: 'release', id, term, worker: index });
  }

  revoked(
    from: NodeId,
    id: JobId,
    term: number,
    index: number,
    leases: readonly LeaseRef[],
    nowMs: number,
  ): void {
    if (this.#jobOf(from, id, term)) this.#workers[index]?.revoked(id, leases, nowMs);
  }

  blocked(from: NodeId, id: JobId, term: number, index: number, reason: string, nowMs: number): void {
    const job = this.#jobOf(from, id, term);
    if (!job) return;
    this.#workers[index]?.blocked(id, nowMs);
    if (this.#workers.some((worker) => worker.isFitFor(id))) return;
    job.need.over();
    this.#port.refused(id, reason);
  }

  /** What the coordinator says of the work as a whole. */
  progress(id: JobId, doneCost: number, inWork: number, nowMs: number): void {
    this.#jobs.get(id)?.need.progress(doneCost, inWork, nowMs);
  }

  /** Jobs whose coordinators give no work though workers of ours wait for it. */
  neglected(nowMs: number): readonly JobId[] {
    return [...this.#jobs].flatMap(([id, { need, control, term }]) =>
      control.phase === 'running' && term.node !== this.#port.self && need.isNeglected(nowMs) ? [id] : [],
    );
  }

  /** Takes effect at once: what the workers that go had in hand is handed back. */
  setWorkers(count: number, nowMs: number): void {
    this.#mostWorkers = Math.max(this.#mostWorkers, count);
    for (const worker of this.#workers.splice(count)) {
      worker.stop();
      if (worker.busyWith !== undefined) this.#retired.add(worker);
    }
    while (this.#workers.length < count) {
      const index = this.#workers.length;
      const retired = [...this.#retired].find((one) => one.index === index);
      if (retired) this.#retired.delete(retired);
      const worker = retired ?? new LentWorker(index, this.#workerPort);
      this.#workers.push(worker);
      worker.start(nowMs);
    }
    this.#openNext(nowMs);
  }

  opened(id: JobId, nowMs: number): void {
    const job = this.#jobs.get(id);
    if (job?.state !== 'opening') return;
    job.state = 'open';
    job.attempts = 0;
    for (const worker of this.#workers) worker.pump(nowMs);
  }

  openFailed(id: JobId, isRefused: boolean, reason: string, nowMs: number): void {
    const job = this.#jobs.get(id);
    if (job?.state !== 'opening') return;
    job.attempts++;
    job.reason = reason;
    job.state = isRefused ? 'refused' : 'queued';
    job.retryAtMs = nowMs + (job.attempts < OPEN_ATTEMPTS ? RETRY_MS * job.attempts : SELDOM_MS);
    // Again each time: whoever coordinates by now may not have heard it.
    if (isRefused || job.attempts >= OPEN_ATTEMPTS) {
      this.#port.toCoordinator({ type: 'refused', id, reason });
      this.#port.refused(id, reason);
    }
    this.#openNext(nowMs);
  }

  prepared(worker: LentWorker, nowMs: number): void {
    this.#ended(worker, () => worker.prepared(nowMs), nowMs);
  }

  prepareFailed(worker: LentWorker, reason: string, nowMs: number): void {
    this.#ended(worker, () => worker.prepareFailed(reason, nowMs), nowMs);
  }

  ran(worker: LentWorker, bytes: Uint8Array, elapsedMs: number, nowMs: number): void {
    this.#ended(worker, () => worker.ran(bytes, elapsedMs, nowMs), nowMs);
  }

  runFailed(worker: LentWorker, reason: string, nowMs: number): void {
    this.#ended(worker, () => worker.runFailed(reason, nowMs), nowMs);
  }

  wake(nowMs: number): void {
    if (nowMs < this.#tickAtMs) return;
    for (const [id, dropAtMs] of this.#dropAtMs) {
      if (dropAtMs > nowMs) continue;
      this.#dropAtMs.delete(id);
      this.#held.drop(id);
    }
    const isAtRest = this.#jobs.size === 0 && this.#dropAtMs.size === 0;
    this.#tickAtMs = isAtRest ? Number.POSITIVE_INFINITY : nowMs + TICK_MS;
    this.#openNext(nowMs);
    for (const worker of this.#workers) worker.askAgain(nowMs);
  }

  readonly #workerPort: LentWorkerPort = {
    jobs: (worker, nowMs) => preferences([...this.#jobs.values()], worker, this.#workers.length, nowMs),
    isHeld: (id, task) => this.#held.get(id, task) !== undefined,
    pull: (id, worker, isEmptyHanded, nowMs) => {
      const job = this.#jobs.get(id);
      if (!job) return;
      job.need.asked(nowMs);
      // What was told with a grant that was lost may have been lost, too.
      if (isEmptyHanded) job.untold = [...this.#held.tasks(id)];
      const held = Uint32Array.from(job.untold.splice(-MAX_HELD));
      this.#port.toCoordinator({ type: 'pull', id, term: job.term.number, worker, isEmptyHanded, held });
    },
    answer: (id, worker, lease) => {
      const result = this.#held.get(id, lease.task);
      if (result) this.#send(id, worker, lease, result.bytes, result.elapsedMs);
    },
    finished: (id, worker, lease, bytes, elapsedMs) => {
      const job = this.#jobs.get(id);
      if (!job) return;
      const isCurrent = lease.term === job.term.number;
      // Our own store keeps what it takes: nothing would be gained by keeping it twice.
      if (!isCurrent || job.term.node !== this.#port.self)
        this.#held.add(id, lease.task, { bytes, elapsedMs });
      if (isCurrent) this.#send(id, worker, lease, bytes, elapsedMs);
      else job.untold.push(lease.task);
    },
    failed: (id, worker, { term, ...lease }, reason) => {
      this.#port.toCoordinator({ type: 'failure', id, term, worker, lease, reason });
    },
    unfit: (id, worker, reason) => {
      const term = this.#jobs.get(id)?.term.number;
      if (term !== undefined) this.#port.toCoordinator({ type: 'unfit', id, term, worker, reason });
    },
    release: (id, worker) => {
      const term = this.#jobs.get(id)?.term.number;
      if (term !== undefined) this.#port.toCoordinator({ type: 'release', id, term, worker });
    },
    prepare: (id, worker) => this.#port.prepare(id, worker),
    run: (id, worker, task) => this.#port.run(id, worker, task),
  };

  #send(id: JobId, worker: LentWorker, lease: LeaseRef, bytes: Uint8Array, elapsedMs: number): void {
    const term = this.#jobs.get(id)?.term;
    if (!term) return;
    const { task, fence } = lease;
    const result = { id, term: term.number, worker: worker.index, lease: { task, fence }, elapsedMs, bytes };
    this.#port.sendResult(term.node, result, worker.sending(id));
  }

  /** Something that a worker was at has come to its end. */
  #ended(worker: LentWorker, goOn: () => void, nowMs: number): void {
    goOn();
    if (worker.busyWith === undefined) this.#retired.delete(worker);
    this.#openNext(nowMs);
  }

  #jobOf(from: NodeId, id: JobId, term: number): LentJob | undefined {
    const job = this.#jobs.get(id);
    return job?.term.node === from && job.term.number === term ? job : undefined;
  }

  #newTerm(job: LentJob, term: Term, nowMs: number): void {
    job.term = term;
    job.untold = [...this.#held.tasks(job.description.id)];
    job.need.over();
    job.retryAtMs = Math.min(job.retryAtMs, nowMs);
    this.#introduce(job);
    for (const worker of this.#workers) worker.newTerm(job.description.id, nowMs);
  }

  /** What a coordinator should know that does not know us. */
  #introduce({ state, description: { id }, reason }: LentJob): void {
    if (state === 'refused') this.#port.toCoordinator({ type: 'refused', id, reason });
    if (state === 'opening')
      this.#port.toCoordinator({ type: 'inputs', id, receivedBytes: 0, totalBytes: 0 });
  }

  #openNext(nowMs: number): void {
    if (this.#workers.length === 0) return;
    this.#closeLeaving();
    const inMemory = [...this.#jobs.values()].filter(
      ({ state }) => state !== 'queued' && state !== 'refused',
    );
    for (let free = OPEN_JOBS - inMemory.length; ; free--) {
      const next = nextToOpen([...this.#jobs.values()], inMemory.length === 0, this.#port.self, nowMs);
      if (!next) return;
      if (free <= 0) {
        const least = inMemory
          .filter(({ state }) => state !== 'leaving')
          .sort(byRank)
          .at(-1);
        const isWorth = least && rankOf(next.control) > rankOf(least.control);
        // One at a time: it may have to finish what its workers are at.
        if (isWorth && inMemory.every(({ state }) => state !== 'leaving')) this.#leave(least, nowMs);
        return;
      }
      next.state = 'opening';
      inMemory.push(next);
      this.#port.open(next.description);
    }
  }

  #leave(job: LentJob, nowMs: number): void {
    job.state = 'leaving';
    const { id } = job.description;
    const { number: term } = job.term;
    for (const worker of this.#workers) {
      this.#port.toCoordinator({ type: 'release', id, term, worker: worker.index });
      worker.dropJob(id, nowMs);
    }
    job.need.over();
    this.#closeLeaving();
  }

  #closeLeaving(): void {
    for (const [id, job] of this.#jobs) {
      if (job.state !== 'leaving') continue;
      if ([...this.#workers, ...this.#retired].some(({ busyWith }) => busyWith === id)) continue;
      job.state = 'queued';
      this.#port.shut(id);
    }
  }
}
