/**
 * A Node's side of everyone's Jobs, as a pure state machine: has the inputs fetched (opening.ts), lends every local worker out, keeps
 * what they made, and reports to whoever coordinates. Which Jobs come first: fair-shares.ts.
 */
import type { NodeId } from '../wire/index.ts';
import type { JobControl, JobDescription, JobId, LeaseRef, PieceRange, Term } from './contract.ts';
import { type Onlooker, preferences } from './fair-shares.ts';
import type { HandsEvent } from './farm-events.ts';
import { HeldResults } from './held-results.ts';
import type { LentJob } from './lent-job.ts';
import { type GrantedLease, LentWorker, type LentWorkerPort, type Sending } from './lent-worker.ts';
import { type FarmMessage, MAX_HELD } from './messages.ts';
import { Need } from './need.ts';
import { Opening, type OpeningPort } from './opening.ts';
import type { FarmResult } from './payload.ts';
import { isSameTerm } from './term.ts';

/** The second copy may be whole only some time after the end was told, and whoever has the first may go before. */
const KEEP_MS = 60_000;
/** How often workers look whether a question of theirs was forgotten. */
const TICK_MS = 1_000;

export interface LenderPort extends Onlooker {
  toCoordinator(message: FarmMessage): void;
  /** `sending.worker.sent` follows. */
  sendResult(to: NodeId, result: FarmResult, sending: Sending): void;
  /** Fetches the inputs; `opened` or `open-failed` follows. */
  open(job: JobDescription): void;
  /** Gives up fetching them, or lets go of them. */
  shut(job: JobId): void;
  prepare(job: JobId, worker: LentWorker): void;
  run(job: JobId, worker: LentWorker, task: number, range: PieceRange | undefined): void;
  /** This Node takes no part in the Job; for the person. */
  refused(job: JobId, reason: string): void;
}

export class Lender {
  readonly #port: LenderPort;
  /** Oldest first. */
  readonly #jobs = new Map<JobId, LentJob>();
  readonly #held: HeldResults;
  readonly #opening: Opening;
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
    this.#opening = new Opening(this.#jobs, this.#openingPort);
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

  /** What a worker of this Node has made of that Task, while it is kept for another coordinator. */
  ownResult(id: JobId, task: number): Uint8Array | undefined {
    return this.#held.get(id, task)?.bytes;
  }

  /** A Job that may be worked on became known, or something about it is another now. */
  offer(description: JobDescription, term: Term, control: JobControl, nowMs: number): void {
    const { id } = description;
    const job = this.#jobs.get(id);
    if (!job) {
      const fresh = { state: 'queued', attempts: 0, retryAtMs: nowMs, inWork: 0, reason: '' } as const;
      const untold = [...this.#held.tasks(id)];
      this.#jobs.set(id, { description, term, control, ...fresh, untold, need: new Need() });
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
    for (let worker = this.#workers.length; worker < this.#mostWorkers; worker++) this.#release(id, worker);
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
    this.#opening.ended(job);
    for (const worker of this.#workers) worker.dropJob(id, nowMs);
    this.#openNext(nowMs);
  }

  /** `from` says that it coordinates, in the term that the message names. */
  received(
    from: NodeId,
    message: FarmMessage & { type: 'grant' | 'check' | 'revoke' | 'blocked' },
    nowMs: number,
  ): void {
    const { id, term, worker: index } = message;
    const job = this.#jobs.get(id);
    if (!job || !isSameTerm(job.term, { number: term, node: from })) return;
    switch (message.type) {
      case 'grant':
        this.#granted(job, index, message.leases, nowMs);
        return;
      case 'check':
        job.need.answered(true, nowMs);
        if (job.state === 'open') this.#workers[index]?.checking(id, term, message.checks, nowMs);
        return;
      case 'revoke':
        this.#workers[index]?.revoked(id, message.leases, nowMs);
        return;
      case 'blocked':
        this.#workers[index]?.blocked(id, nowMs);
        if (this.#workers.some((worker) => worker.isFitFor(id))) return;
        job.need.over();
        this.#port.refused(id, message.reason);
    }
  }

  /** What the coordinator says of the work as a whole. */
  progress(id: JobId, doneCost: number, inWork: number, nowMs: number): void {
    this.#jobs.get(id)?.need.progress(doneCost, inWork, nowMs);
    this.#opening.inWork(id, inWork, nowMs);
  }

  /** Jobs whose coordinators give no work though workers of ours wait for it. */
  neglected(nowMs: number): readonly JobId[] {
    return [...this.#jobs].flatMap(
      ([
        id,
        {
          need,
          control,
          term,
          description: { taskCount },
        },
      ]) =>
        control.phase === 'running' &&
        term.node !== this.#port.self &&
        (need.isNeglected(nowMs) || need.isWasted(taskCount))
          ? [id]
          : [],
    );
  }

  /** What the hands of this Node report. */
  handle(event: HandsEvent, nowMs: number): void {
    switch (event.type) {
      case 'workers':
        this.#setWorkers(event.count, nowMs);
        break;
      case 'opened':
        this.#opening.opened(event.id);
        for (const worker of this.#workers) worker.pump(nowMs);
        return;
      case 'open-failed':
        this.#opening.failed(event.id, event.isRefused, event.reason, nowMs);
        break;
      case 'prepared':
        event.worker.prepared(nowMs);
        break;
      case 'prepare-failed':
        event.worker.prepareFailed(event.reason, nowMs);
        break;
      case 'ran':
        event.worker.ran(event.bytes, event.elapsedMs, nowMs);
        break;
      case 'put-aside':
        event.worker.putAside(nowMs);
        break;
      case 'run-failed':
        event.worker.runFailed(event.reason, nowMs);
        break;
    }
    for (const worker of this.#retired) if (worker.busyWith === undefined) this.#retired.delete(worker);
    this.#openNext(nowMs);
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

  /** Takes effect at once: what the workers that go had in hand is handed back. */
  #setWorkers(count: number, nowMs: number): void {
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
  }

  #granted(
    { need, state, description: { id }, term }: LentJob,
    index: number,
    leases: readonly LeaseRef[],
    nowMs: number,
  ): void {
    need.answered(leases.length > 0, nowMs);
    const worker = this.#workers[index];
    if (worker && state === 'open') worker.granted(id, term.number, leases, nowMs);
    else if (leases.length > 0) this.#release(id, index);
  }

  readonly #workerPort: LentWorkerPort = {
    jobs: (worker, nowMs) => {
      const open = [...this.#jobs.values()].filter(({ state }) => state === 'open');
      return preferences(open, worker, this.#workers.length, this.#port, nowMs);
    },
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
      // Pieces are of use to nobody else.
      if (lease.range) {
        if (isCurrent) this.#send(id, worker, lease, bytes, elapsedMs);
        return;
      }
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
    release: (id, worker) => this.#release(id, worker),
    prepare: (id, worker) => this.#port.prepare(id, worker),
    run: (id, worker, task, range) => this.#port.run(id, worker, task, range),
  };

  get #openingPort(): OpeningPort {
    return {
      ...this.#port,
      open: (job) => this.#port.open(job),
      shut: (id) => this.#port.shut(id),
      isBusyWith: (id) => [...this.#workers, ...this.#retired].some(({ busyWith }) => busyWith === id),
      leave: ({ description: { id }, need }, nowMs) => {
        for (const worker of this.#workers) {
          this.#release(id, worker.index);
          worker.dropJob(id, nowMs);
        }
        need.over();
      },
      refused: ({ description: { id }, reason }) => {
        this.#port.toCoordinator({ type: 'refused', id, reason });
        this.#port.refused(id, reason);
      },
    };
  }

  #send(id: JobId, worker: LentWorker, lease: GrantedLease, bytes: Uint8Array, elapsedMs: number): void {
    const term = this.#jobs.get(id)?.term;
    if (!term) return;
    const { task, fence, range } = lease;
    if (!range) this.#jobs.get(id)?.need.brought();
    const result = { id, term: term.number, worker: worker.index, lease: { task, fence }, elapsedMs, bytes };
    this.#port.sendResult(term.node, result, worker.sending(id, range !== undefined));
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
    if (this.#workers.length > 0) this.#opening.next(nowMs);
  }

  /** What that worker had of the Job goes to others. */
  #release(id: JobId, worker: number): void {
    const term = this.#jobs.get(id)?.term.number;
    if (term !== undefined) this.#port.toCoordinator({ type: 'release', id, term, worker });
  }
}
