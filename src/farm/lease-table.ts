/**
 * Who may work on which Task: the heart of the farm, as a pure state machine. Tasks are granted in plan order to workers that
 * ask. Every grant is a Lease with a fencing number; it ends by completion, failure, expiry or the worker's going, and the Task is
 * granted again. A late result of an ended Lease is taken while its Task is still open (the bytes are the same whoever
 * made them) and is a harmless duplicate afterwards: each Task completes exactly once.
 *
 * What is settled in the store (done before, merged from another copy, needless) is passed over when its turn comes, and taken back
 * from whoever has it. Which Tasks exist here at all: task-window.ts.
 */
import type { LeaseRef } from './contract.ts';
import { mayJoin } from './joining.ts';
import type {
  Completion,
  Failure,
  Lease,
  LeaseTableOptions,
  OpenTask,
  WorkerKey,
  WorkerRecord,
} from './lease.ts';
import { TaskWindow } from './task-window.ts';

/** A worker that failed so often gets nothing more of this Job. */
const FAILURES_TO_BLOCK = 3;
/** Nor one that let its Leases run out so often with nothing done in between. */
const EXPIRIES_TO_BLOCK = 3;
/** A Task that so many different workers failed may have a fault of its own: unless they are all of a few bad machines. */
const WORKERS_TO_FAIL = 3;
/** One that so many machines failed has. */
const MACHINES_TO_FAIL = 3;
/** Where no other machine is left to try it, so many are enough, or our own: the word of one stranger never ends a Job. */
const STRANGERS_TO_FAIL = 2;
/** A result that a worker has already should be here by then. */
const HELD_MS = 2_000;
/** Fences remembered per Task: more ended Leases than that means workers that only ever time out. */
const MAX_ENDED = 16;
/** Weight of the newest Task in a worker's smoothed time. */
const SMOOTHING = 0.3;

export class LeaseTable {
  readonly #options: LeaseTableOptions;
  readonly #tasks: TaskWindow;
  /** Open Tasks without a live Lease. */
  readonly #returned = new Set<number>();
  readonly #workers = new Map<WorkerKey, WorkerRecord>();
  #nextFence = 1;
  /** Of Tasks that somebody has. */
  #leasedCost = 0;
  #liveLeases = 0;
  #knownTotalCost: number;

  constructor(options: LeaseTableOptions) {
    this.#options = options;
    this.#tasks = new TaskWindow(options);
    this.#knownTotalCost = options.store.totalCost;
  }

  /** Cost of the Tasks that nobody has and that are not settled. */
  get unleasedCost(): number {
    const { totalCost, doneCost } = this.#options.store;
    return totalCost - doneCost - this.#leasedCost;
  }

  get liveLeases(): number {
    return this.#liveLeases;
  }

  /** Every Task is settled. */
  get isComplete(): boolean {
    return this.#tasks.isComplete;
  }

  isBlocked(worker: WorkerKey): boolean {
    return this.#workers.get(worker)?.isBlocked ?? false;
  }

  /** Live Leases of a worker, the one it works on first. */
  leasesOf(worker: WorkerKey): readonly Lease[] {
    return this.#workers.get(worker)?.leases ?? [];
  }

  /** Makes a worker known: it asked for work. */
  enlist(worker: WorkerKey, nowMs: number): void {
    this.#record(worker, nowMs);
  }

  /** The next Task in plan order that this worker may have. A Task it failed comes last: someone else may manage. */
  grant(worker: WorkerKey, nowMs: number): Lease | undefined {
    const record = this.#record(worker, nowMs);
    if (record.isBlocked) return undefined;
    const task =
      this.#returnedTask(worker, false) ?? this.#nextFor(worker) ?? this.#returnedTask(worker, true);
    return task === undefined ? undefined : this.#lease(task, worker, record, nowMs);
  }

  #nextFor(worker: WorkerKey): OpenTask | undefined {
    const { machineOf } = this.#options;
    return this.#tasks.next(machineOf(worker), () => new Set([...this.#workers.keys()].map(machineOf)).size);
  }

  /** The Task whose result this worker's Node has already, where it is within reach: even one that another works on. */
  grantHeld(worker: WorkerKey, task: number, nowMs: number): Lease | undefined {
    const record = this.#record(worker, nowMs);
    const open = record.isBlocked ? undefined : this.#tasks.reach(task);
    if (!open || !mayJoin(open, worker, record, this.#options, nowMs)) return undefined;
    // Once only: who says so again and again would keep all others from it.
    const machine = this.#options.machineOf(worker);
    const aloneUntilMs = open.claimants.has(machine) ? nowMs : nowMs + HELD_MS;
    open.claimants.add(machine);
    return this.#lease(open, worker, record, nowMs, aloneUntilMs);
  }

  /** Whether the Task may yet be granted. */
  isOpen(task: number): boolean {
    return this.#tasks.mayBeGranted(task);
  }

  /**
   * For an idle worker when `grant` has nothing: the Task that is expected to finish last, given out a second time. The
   * expectation: its place in its holder's queue times the holder's time per Task, plus how long the holder is overdue.
   */
  duplicate(worker: WorkerKey, nowMs: number): Lease | undefined {
    const record = this.#record(worker, nowMs);
    if (record.isBlocked) return undefined;
    let slowest: { open: OpenTask; expectedMs: number } | undefined;
    for (const holder of this.#workers.values()) {
      const sinceProgress = nowMs - holder.progressAtMs;
      const taskMs = holder.taskMs ?? sinceProgress;
      const overdueMs = Math.max(0, sinceProgress - taskMs);
      for (const [place, lease] of holder.leases.entries()) {
        const open = this.#tasks.get(lease.task);
        const expectedMs = (place + 1) * taskMs + overdueMs;
        if (!open || (slowest && expectedMs <= slowest.expectedMs)) continue;
        if (nowMs >= lease.aloneUntilMs && mayJoin(open, worker, record, this.#options, nowMs))
          slowest = { open, expectedMs };
      }
    }
    return slowest && this.#lease(slowest.open, worker, record, nowMs);
  }

  /** Whose result under this fence would be taken, undefined for nobody's: ask before doing the work of checking it. */
  holderOf({ task, fence }: LeaseRef): WorkerKey | undefined {
    const open = this.#tasks.get(task);
    return open?.leases.find((lease) => lease.fence === fence)?.worker ?? open?.ended.get(fence);
  }

  /** `elapsedMs`: what the worker says the Task took it; only for expectations. */
  complete({ task, fence }: LeaseRef, elapsedMs: number, nowMs: number): Completion {
    const open = this.#tasks.get(task);
    const worker = this.holderOf({ task, fence });
    if (!open || worker === undefined) {
      return {
        outcome:
          !open && task < this.#options.taskCount && this.#options.store.isSettled(task)
            ? 'duplicate'
            : 'unknown',
      };
    }
    const superseded = open.leases.filter((lease) => lease.fence !== fence);
    this.#close(open, nowMs);
    const record = this.#workers.get(worker);
    if (record) {
      record.expiries = 0;
      record.progressAtMs = nowMs;
      record.taskMs =
        record.taskMs === undefined ? elapsedMs : record.taskMs + SMOOTHING * (elapsedMs - record.taskMs);
      for (const lease of record.leases) lease.expiresAtMs = nowMs + this.#options.leaseMs;
    }
    return { outcome: 'accepted', worker, superseded };
  }

  /**
   * Lets go of the Tasks that were settled otherwise than by `complete`; their live Leases, now void, are returned. Call it after a
   * completion, which may make others needless (`totalCost` falls then), and after a merge, `hasMerged`, which may bring anything.
   */
  dropSettled(nowMs: number, hasMerged = false): readonly Lease[] {
    const dropped: Lease[] = [];
    const { store } = this.#options;
    if (hasMerged || store.totalCost < this.#knownTotalCost) {
      this.#knownTotalCost = store.totalCost;
      for (const open of this.#tasks.all()) {
        if (!store.isSettled(open.task)) continue;
        dropped.push(...open.leases);
        this.#close(open, nowMs);
      }
    }
    this.#tasks.passSettled();
    return dropped;
  }

  /** The worker could not do the Task. */
  fail({ task, fence }: LeaseRef, reason: string, nowMs: number): Failure {
    const open = this.#tasks.get(task);
    const lease = open?.leases.find((one) => one.fence === fence);
    if (!open || !lease) return { outcome: 'ignored' };
    open.failures.set(lease.worker, reason);
    this.#end(lease, nowMs);
    // What failed cannot produce a late result.
    open.ended.delete(fence);
    const isBlocked = this.#countFailure(lease.worker, 1, nowMs);
    const outcome = this.#isHopeless(open) ? 'task-failed' : 'retry';
    return { outcome, worker: lease.worker, isBlocked };
  }

  /** The worker is of no use for this Job at all (it could not load the inputs). */
  block(worker: WorkerKey, nowMs: number): void {
    this.#countFailure(worker, FAILURES_TO_BLOCK, nowMs);
  }

  /** The worker has none of its Leases any more: they return at once. */
  returnAll(worker: WorkerKey, nowMs: number): void {
    for (const lease of [...this.leasesOf(worker)]) this.#end(lease, nowMs);
  }

  /** The worker is gone or wants no more; its Leases return at once. */
  release(worker: WorkerKey, nowMs: number): void {
    this.returnAll(worker, nowMs);
    if (!this.isBlocked(worker)) this.#workers.delete(worker);
  }

  /** Like `release`, and forgets its failures: its Node left. */
  forget(worker: WorkerKey, nowMs: number): void {
    this.#tasks.left(this.#options.machineOf(worker));
    this.release(worker, nowMs);
    this.#workers.delete(worker);
  }

  /** Ends the Leases whose time is over and returns them. Who only lets them run out gets no more. */
  expire(nowMs: number): readonly Lease[] {
    const expired: Lease[] = [];
    for (const record of this.#workers.values()) {
      const own = record.leases.filter((lease) => lease.expiresAtMs <= nowMs);
      expired.push(...own);
      if (own.length > 0 && ++record.expiries >= EXPIRIES_TO_BLOCK) record.isBlocked = true;
    }
    for (const lease of expired) this.#end(lease, nowMs);
    return expired;
  }

  #record(worker: WorkerKey, nowMs: number): WorkerRecord {
    let record = this.#workers.get(worker);
    if (!record) {
      record = {
        leases: [],
        failures: 0,
        expiries: 0,
        isBlocked: false,
        progressAtMs: nowMs,
        taskMs: undefined,
      };
      this.#workers.set(worker, record);
    }
    return record;
  }

  /** The Task is over. */
  #close({ task, leases }: OpenTask, nowMs: number): void {
    if (leases.length > 0) this.#leasedCost -= this.#options.store.cost(task);
    this.#liveLeases -= leases.length;
    for (const lease of leases) this.#unqueue(lease, nowMs);
    this.#returned.delete(task);
    this.#tasks.close(task);
  }

  #returnedTask(worker: WorkerKey, evenIfFailed: boolean): OpenTask | undefined {
    let first: OpenTask | undefined;
    for (const task of this.#returned) {
      const open = this.#tasks.get(task);
      if (!open || open.failures.has(worker) !== evenIfFailed) continue;
      if (!first || task < first.task) first = open;
    }
    return first;
  }

  #lease(
    open: OpenTask,
    worker: WorkerKey,
    record: WorkerRecord,
    nowMs: number,
    aloneUntilMs = nowMs,
  ): Lease {
    const lease: Lease = {
      task: open.task,
      fence: this.#nextFence++,
      worker,
      expiresAtMs: nowMs + this.#options.leaseMs,
      aloneUntilMs,
    };
    open.firstLeasedAtMs ??= nowMs;
    if (record.leases.length === 0) record.progressAtMs = nowMs;
    if (open.leases.length === 0) this.#leasedCost += this.#options.store.cost(open.task);
    this.#liveLeases++;
    record.leases.push(lease);
    open.leases.push(lease);
    this.#returned.delete(open.task);
    return lease;
  }

  #end(lease: Lease, nowMs: number): void {
    const open = this.#tasks.get(lease.task);
    if (!open) return;
    open.leases.splice(open.leases.indexOf(lease), 1);
    this.#liveLeases--;
    open.ended.set(lease.fence, lease.worker);
    const [oldest] = open.ended.keys();
    if (open.ended.size > MAX_ENDED && oldest !== undefined) open.ended.delete(oldest);
    this.#unqueue(lease, nowMs);
    if (open.leases.length > 0) return;
    this.#returned.add(open.task);
    this.#leasedCost -= this.#options.store.cost(open.task);
  }

  #unqueue(lease: Lease, nowMs: number): void {
    const record = this.#workers.get(lease.worker);
    const place = record?.leases.indexOf(lease) ?? -1;
    if (!record || place < 0) return;
    record.leases.splice(place, 1);
    if (place === 0) record.progressAtMs = nowMs;
  }

  /** Enough workers failed it, on enough machines or on all that there are: one bad machine must not end a Job. */
  #isHopeless({ failures }: OpenTask): boolean {
    if (failures.size < WORKERS_TO_FAIL) return false;
    const { machineOf, ownMachine } = this.#options;
    const tried = new Set([...failures.keys()].map(machineOf));
    if (tried.size >= MACHINES_TO_FAIL) return true;
    if (tried.size < STRANGERS_TO_FAIL && !tried.has(ownMachine)) return false;
    return ![...this.#workers].some(([key, { isBlocked }]) => !isBlocked && !tried.has(machineOf(key)));
  }

  #countFailure(worker: WorkerKey, failures: number, nowMs: number): boolean {
    const record = this.#record(worker, nowMs);
    record.failures += failures;
    if (record.failures < FAILURES_TO_BLOCK) return false;
    record.isBlocked = true;
    this.returnAll(worker, nowMs);
    return true;
  }
}
