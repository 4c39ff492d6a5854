/**
 * One local worker, lent out, as a pure state machine: keeps it busy with one Task running and the next ones at hand, asks for more
 * while it still has some, and moves to another Job when its own has nothing left to grant. What it decides goes out by its port.
 */
import type { JobId, LeaseRef, PieceRange } from './contract.ts';
import { MAX_CHECKS, MAX_LEASES } from './messages.ts';
import type { CheckRef } from './trust/checks.ts';
import { WorkQueue } from './work-queue.ts';

/** How the worker reaches the coordinators of the Jobs it works for, and its own hands. */
export interface LentWorkerPort {
  /** Jobs to work for whose inputs are here, the one to prefer first. */
  jobs(worker: number, nowMs: number): readonly JobId[];
  /** Whether this Node has the Task's result already. */
  isHeld(job: JobId, task: number): boolean;
  /** `isEmptyHanded`: nothing that was granted before is here. */
  pull(job: JobId, worker: number, isEmptyHanded: boolean, nowMs: number): void;
  /** Sends the held result. */
  answer(job: JobId, worker: LentWorker, lease: GrantedLease): void;
  /** Keeps the result and, where the Lease is still of use, sends it. */
  finished(job: JobId, worker: LentWorker, lease: GrantedLease, bytes: Uint8Array, elapsedMs: number): void;
  failed(job: JobId, worker: number, lease: GrantedLease, reason: string): void;
  unfit(job: JobId, worker: number, reason: string): void;
  release(job: JobId, worker: number): void;
  /** These two take time; `prepared` or `prepareFailed`, `ran` or `runFailed` follow. */
  prepare(job: JobId, worker: LentWorker): void;
  run(job: JobId, worker: LentWorker, task: number, range: PieceRange | undefined): void;
}

export interface GrantedLease extends LeaseRef {
  /** Number of the term that gave it. */
  readonly term: number;
  /** Only these pieces of the Task: others have done it, and theirs are compared. */
  readonly range?: PieceRange;
}

/**
 * Results on their way before the worker waits for the network: enough for a round trip of quick Tasks, 300 KiB of Blocks. Pieces of them
 * are not counted: several are done in no time, and nobody is asked for more than a few (checks.ts).
 */
const MAX_UNSENT = 6;
/** An idle worker whose question was answered by nothing for so long asks again: the coordinator may have lost sight of us. */
export const ASK_AGAIN_MS = 3_000;
/** A coordinator that has not answered for so long does not keep the worker from another Job. */
const ANSWER_MS = 1_000;

/** A result on its way. */
export interface Sending {
  readonly worker: LentWorker;
  readonly job: JobId;
}

interface Question {
  /** `waiting`: the coordinator has said "nothing now" and will come back. */
  state: 'pulled' | 'waiting';
  readonly atMs: number;
}

interface Work {
  readonly job: JobId;
  readonly lease: GrantedLease;
}

const keyOf = ({ job, lease }: Work): string => `${job}/${lease.task}`;

export class LentWorker {
  readonly index: number;
  readonly #port: LentWorkerPort;
  readonly #queue = new WorkQueue<Work>();
  /** Pieces of Tasks that others have done. They come first: they are small, and what depends on them is not. */
  readonly #checks = new WorkQueue<Work>();
  /** Leases of Tasks whose results are here, by `keyOf`: of each the latest. */
  readonly #answers = new Map<string, Work>();
  /** The Job whose inputs the worker has loaded. */
  #current: JobId | undefined;
  /** What it does now: loads a Job's inputs, perhaps for a Task, or does the Task. */
  #activity: { readonly job: JobId; readonly work: Work | undefined } | undefined;
  #isStopped = false;
  /** Results on their way to whoever coordinates now. */
  readonly #unsent = new Set<Sending>();
  /** Size of the last grant: ask for more at half of it. */
  #lastGrant = 1;
  /** Jobs that owe an answer to a pull. */
  readonly #asked = new Map<JobId, Question>();
  /** Jobs whose coordinators may think that we have what never came. */
  readonly #uncertain = new Set<JobId>();
  readonly #unfitFor = new Set<JobId>();

  constructor(index: number, port: LentWorkerPort) {
    this.index = index;
    this.#port = port;
  }

  /** The Job it is at now. */
  get busyWith(): JobId | undefined {
    return this.#activity?.job;
  }

  isFitFor(job: JobId): boolean {
    return !this.#unfitFor.has(job);
  }

  /** An answer to a pull. */
  granted(job: JobId, term: number, leases: readonly LeaseRef[], nowMs: number): void {
    if (leases.length === 0) {
      this.#asked.set(job, { state: 'waiting', atMs: this.#asked.get(job)?.atMs ?? nowMs });
    } else {
      this.#asked.delete(job);
      const work = leases.map(({ task, fence }) => ({ job, lease: { task, fence, term } }));
      const fresh: Work[] = [];
      for (const one of work) {
        if (this.#port.isHeld(job, one.lease.task)) this.#answers.set(keyOf(one), one);
        else fresh.push(one);
      }
      if (fresh.length > 0) this.#lastGrant = fresh.length;
      this.#queue.add(fresh, MAX_LEASES);
    }
    this.pump(nowMs);
  }

  /** What others came to is to be compared. */
  checking(job: JobId, term: number, checks: readonly CheckRef[], nowMs: number): void {
    const work = checks.map(({ task, fence, range }) => ({ job, lease: { task, fence, term, range } }));
    this.#checks.add(work, MAX_CHECKS);
    this.pump(nowMs);
  }

  revoked(job: JobId, leases: readonly LeaseRef[], nowMs: number): void {
    const fences = new Set(leases.map(({ fence }) => fence));
    this.#keepQueued((work) => work.job !== job || !fences.has(work.lease.fence));
    this.pump(nowMs);
  }

  /** The coordinator wants no more of this worker. */
  blocked(job: JobId, nowMs: number): void {
    this.#forget(job);
    this.#unfitFor.add(job);
    this.pump(nowMs);
  }

  /** The coordinator may have forgotten our question: ask again. */
  resync(job: JobId, nowMs: number): void {
    this.#asked.delete(job);
    this.#uncertain.add(job);
    this.pump(nowMs);
  }

  /** Another coordinator: what the one before granted is void. A Task that is running may end, its result is of use to anyone. */
  newTerm(job: JobId, nowMs: number): void {
    this.#forget(job);
    this.#unfitFor.delete(job);
    this.pump(nowMs);
  }

  /** The Job is over, or another one takes its place for a while. */
  dropJob(job: JobId, nowMs: number): void {
    this.#forget(job);
    this.#unfitFor.delete(job);
    if (this.#current === job) this.#current = undefined;
    this.pump(nowMs);
  }

  /** Call about once a second: repeats questions that led to nothing. */
  askAgain(nowMs: number): void {
    if (!this.#isIdle || this.#unsent.size > 0) return;
    for (const job of this.#port.jobs(this.index, nowMs)) {
      const question = this.#asked.get(job);
      if (!question || nowMs - question.atMs < ASK_AGAIN_MS) continue;
      this.#asked.set(job, { state: 'pulled', atMs: nowMs });
      this.#port.pull(job, this.index, true, nowMs);
    }
    this.pump(nowMs);
  }

  /** Hands everything back. A Task that still finishes is sent all the same: its bytes are as good as any. */
  stop(): void {
    this.#isStopped = true;
    const jobs = new Set(
      [...this.#queue.all, ...this.#checks.all, ...this.#answers.values()].map(({ job }) => job),
    );
    for (const job of this.#asked.keys()) jobs.add(job);
    if (this.#activity) jobs.add(this.#activity.job);
    this.#keepQueued(() => false);
    this.#asked.clear();
    for (const job of jobs) this.#port.release(job, this.index);
  }

  /** It is wanted again before it had come to rest. */
  start(nowMs: number): void {
    this.#isStopped = false;
    this.pump(nowMs);
  }

  prepared(nowMs: number): void {
    const { job, work } = this.#activity ?? {};
    this.#activity = undefined;
    this.#current = job;
    if (work && !this.#isStopped) this.#work(work);
    this.pump(nowMs);
  }

  prepareFailed(reason: string, nowMs: number): void {
    const job = this.#activity?.job;
    this.#activity = undefined;
    if (job !== undefined && !this.#isStopped) {
      this.#forget(job);
      this.#unfitFor.add(job);
      this.#port.unfit(job, this.index, reason);
    }
    this.pump(nowMs);
  }

  ran(bytes: Uint8Array, elapsedMs: number, nowMs: number): void {
    const work = this.#activity?.work;
    this.#activity = undefined;
    if (work) this.#port.finished(work.job, this, work.lease, bytes, elapsedMs);
    this.pump(nowMs);
  }

  /** Its turn is over: others may come before it goes on. */
  putAside(nowMs: number): void {
    const work = this.#activity?.work;
    this.#activity = undefined;
    if (work && !this.#isStopped) this.#queue.putAside(work);
    this.pump(nowMs);
  }

  runFailed(reason: string, nowMs: number): void {
    const work = this.#activity?.work;
    this.#activity = undefined;
    // The worker may have been replaced by a fresh one, which has nothing loaded.
    this.#current = undefined;
    if (work && !this.#isStopped) this.#port.failed(work.job, this.index, work.lease, reason);
    this.pump(nowMs);
  }

  /** A result is on its way, or pieces of one. */
  sending(job: JobId, isPieces: boolean): Sending {
    const sending = { worker: this, job };
    if (!isPieces) this.#unsent.add(sending);
    return sending;
  }

  /** The coordinator's Node has it, or it is of no use to anyone. */
  sent(sending: Sending, nowMs: number): void {
    this.#unsent.delete(sending);
    this.pump(nowMs);
  }

  /** Does what can be done now. Call it whenever something has changed. */
  pump(nowMs: number): void {
    if (this.#isStopped) return;
    while (this.#unsent.size < MAX_UNSENT) {
      const [answer] = this.#answers.values();
      if (!answer) break;
      this.#answers.delete(keyOf(answer));
      if (this.#port.isHeld(answer.job, answer.lease.task)) this.#port.answer(answer.job, this, answer.lease);
      else this.#queue.add([answer], MAX_LEASES); // room was needed in between
    }
    if (!this.#activity && this.#unsent.size < MAX_UNSENT) {
      const next = this.#checks.next(() => []) ?? this.#queue.next(() => this.#port.jobs(this.index, nowMs));
      if (next) this.#work(next);
    }
    if (this.#queue.readyCount(this.#activity?.work) > this.#lastGrant >> 1) return;
    const job = this.#nextToAsk(nowMs);
    if (job === undefined) return;
    if (this.#current === job || this.#activity) this.#ask(job, nowMs);
    else if (this.#queue.all.length === 0) this.#prepare(job, undefined);
  }

  get #isIdle(): boolean {
    const waiting = this.#queue.all.length + this.#checks.all.length + this.#answers.size;
    return !this.#isStopped && !this.#activity && waiting === 0;
  }

  /** The Job to prefer among those that may have something; none while an answer of it is awaited. */
  #nextToAsk(nowMs: number): JobId | undefined {
    for (const job of this.#port.jobs(this.index, nowMs)) {
      if (this.#unfitFor.has(job)) continue;
      // It has the worker, and enough to do.
      if (this.#queue.isLongAt(job, this.#activity?.work)) return undefined;
      const question = this.#asked.get(job);
      if (!question) return job;
      if (question.state === 'pulled' && nowMs - question.atMs < ANSWER_MS) return undefined;
    }
    return undefined;
  }

  #ask(job: JobId, nowMs: number): void {
    const isEmptyHanded = this.#uncertain.delete(job) && this.#isIdle && this.#unsent.size === 0;
    this.#asked.set(job, { state: 'pulled', atMs: nowMs });
    this.#port.pull(job, this.index, isEmptyHanded, nowMs);
  }

  #work(work: Work): void {
    if (this.#current !== work.job) {
      this.#prepare(work.job, work);
      return;
    }
    this.#activity = { job: work.job, work };
    this.#port.run(work.job, this, work.lease.task, work.lease.range);
  }

  #prepare(job: JobId, work: Work | undefined): void {
    this.#activity = { job, work };
    this.#current = undefined;
    this.#port.prepare(job, this);
  }

  #forget(job: JobId): void {
    this.#keepQueued((work) => work.job !== job);
    this.#asked.delete(job);
    this.#uncertain.delete(job);
    // What is on its way to somebody who is silent holds up nothing.
    for (const sending of this.#unsent) if (sending.job === job) this.#unsent.delete(sending);
  }

  #keepQueued(isKept: (work: Work) => boolean): void {
    this.#queue.keep(isKept);
    this.#checks.keep(isKept);
    for (const [key, work] of this.#answers) if (!isKept(work)) this.#answers.delete(key);
  }
}
