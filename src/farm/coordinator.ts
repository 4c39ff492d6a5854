/**
 * The owner's side of one Job, as a pure state machine: workers pull, results and failures come in, Nodes leave, time passes;
 * out come grants, revocations and the end. It decides how much each grant carries and remembers who waits.
 */
import type { NodeId } from '../wire/index.ts';
import type { JobSource, LeaseRef, WorkerRef } from './contract.ts';
import { type Lease, LeaseTable, type WorkerKey } from './lease-table.ts';
import { grantBudget } from './sizing.ts';

export type CoordinatorEffect =
  /** An empty grant says: nothing now, you are remembered. */
  | { readonly kind: 'grant'; readonly worker: WorkerRef; readonly leases: readonly LeaseRef[] }
  /** Someone else was faster, or nobody needs them any more: do not begin these. */
  | { readonly kind: 'revoke'; readonly worker: WorkerRef; readonly leases: readonly LeaseRef[] }
  | { readonly kind: 'blocked'; readonly worker: WorkerRef; readonly reason: string }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly reason: string };

/** Of the Job's source. */
export type CoordinatorOptions = Pick<JobSource, 'taskCount' | 'totalCost' | 'cost' | 'isNeeded'>;

export interface ActiveTask {
  readonly task: number;
  readonly node: NodeId;
}

/** A worker silent for so long loses its Leases; a hidden or frozen tab may come back and its result still counts. */
export const LEASE_MS = 20_000;
/** Results that may have to wait for an older one: with a Block of 48 KiB about 100 MiB. */
const MAX_AHEAD = 2048;
/** Tasks in one message: more would only delay what comes back from it. */
const MAX_GRANT_TASKS = 256;
/** When every worker is blocked, how long to hope for another one. */
const NO_WORKER_GRACE_MS = 3_000;
/** Weight of the newest result in a worker's smoothed speed. */
const SPEED_SMOOTHING = 0.3;

interface WorkerSlot {
  readonly worker: WorkerRef;
  readonly key: WorkerKey;
  /** Cost per millisecond. */
  speed: number | undefined;
  isWaiting: boolean;
}

const keyOf = ({ node, index }: WorkerRef): WorkerKey => `${node}/${index}`;

export class Coordinator {
  readonly #options: CoordinatorOptions;
  readonly #table: LeaseTable;
  readonly #slots = new Map<WorkerKey, WorkerSlot>();
  #startedAtMs: number | undefined;
  #lastFailure = '';
  #hopelessSinceMs: number | undefined;
  #isOver = false;

  constructor(options: CoordinatorOptions) {
    this.#options = options;
    this.#table = new LeaseTable({
      taskCount: options.taskCount,
      totalCost: () => options.totalCost,
      isNeeded: (task) => options.isNeeded?.(task) ?? true,
      cost: (task) => options.cost(task),
      machineOf: (key) => key.slice(0, key.indexOf('/')),
      maxAhead: MAX_AHEAD,
      leaseMs: LEASE_MS,
    });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Tasks that have a result. */
  get completed(): number {
    return this.#table.completed;
  }

  /** What each worker works on now: the first of its Leases. */
  active(): readonly ActiveTask[] {
    const active: ActiveTask[] = [];
    for (const { key, worker } of this.#slots.values()) {
      const first = this.#table.leasesOf(key)[0];
      if (first) active.push({ task: first.task, node: worker.node });
    }
    return active;
  }

  /** A worker wants more. `isEmptyHanded`: it has nothing of what it was granted, so a grant was lost on its way. */
  pull(worker: WorkerRef, nowMs: number, isEmptyHanded = false): readonly CoordinatorEffect[] {
    if (this.#isOver) return [];
    const slot = this.#slot(worker, nowMs);
    slot.isWaiting = true;
    if (isEmptyHanded) this.#table.returnAll(slot.key, nowMs);
    const answer = this.#serve(slot, nowMs) ?? { kind: 'grant' as const, worker, leases: [] };
    return isEmptyHanded ? [answer, ...this.#serveWaiting(nowMs)] : [answer];
  }

  /** Whether a result of this worker under this Lease is still of use. */
  isWelcome(worker: WorkerRef, lease: LeaseRef): boolean {
    return !this.#isOver && this.#table.holderOf(lease) === keyOf(worker);
  }

  /** A checked and kept result. `elapsedMs` is the worker's own measure. */
  succeeded(lease: LeaseRef, elapsedMs: number, nowMs: number): readonly CoordinatorEffect[] {
    if (this.#isOver) return [];
    const completion = this.#table.complete(lease, elapsedMs, nowMs);
    if (completion.outcome !== 'accepted') return [];
    const slot = this.#slots.get(completion.worker);
    if (slot) {
      // Half a clock tick of a browser: nothing is faster than that.
      const speed = this.#options.cost(lease.task) / Math.max(elapsedMs, 0.05);
      slot.speed = slot.speed === undefined ? speed : slot.speed + SPEED_SMOOTHING * (speed - slot.speed);
    }
    const effects = this.#revocations([...completion.superseded, ...this.#table.dropNeedless(nowMs)]);
    if (!this.#table.isComplete) return [...effects, ...this.#serveWaiting(nowMs)];
    this.#isOver = true;
    return [...effects, { kind: 'done' }];
  }

  /** The worker could not do the Task, or sent what cannot be its result. */
  failed(lease: LeaseRef, reason: string, nowMs: number): readonly CoordinatorEffect[] {
    if (this.#isOver) return [];
    const failure = this.#table.fail(lease, reason, nowMs);
    if (failure.outcome === 'ignored') return [];
    this.#lastFailure = reason;
    const slot = this.#slots.get(failure.worker);
    const effects: CoordinatorEffect[] =
      failure.isBlocked && slot ? [{ kind: 'blocked', worker: slot.worker, reason }] : [];
    if (failure.outcome === 'task-failed') {
      this.#isOver = true;
      return [...effects, { kind: 'failed', reason: `several workers failed at the same piece: ${reason}` }];
    }
    return [...effects, ...this.#serveWaiting(nowMs)];
  }

  /** The worker cannot do anything of this Job (the scene does not fit into its memory, say). */
  unfit(worker: WorkerRef, reason: string, nowMs: number): readonly CoordinatorEffect[] {
    if (this.#isOver) return [];
    this.#lastFailure = reason;
    this.#table.block(this.#slot(worker, nowMs).key, nowMs);
    return [{ kind: 'blocked', worker, reason }, ...this.#serveWaiting(nowMs)];
  }

  /** The worker stops: what it has goes to others. */
  released(worker: WorkerRef, nowMs: number): readonly CoordinatorEffect[] {
    const key = keyOf(worker);
    this.#table.release(key, nowMs);
    if (!this.#table.isBlocked(key)) this.#slots.delete(key);
    return this.#serveWaiting(nowMs);
  }

  /** The Node is gone: its Leases return at once. */
  left(node: NodeId, nowMs: number): readonly CoordinatorEffect[] {
    for (const { worker, key } of [...this.#slots.values()]) {
      if (worker.node !== node) continue;
      this.#table.forget(key, nowMs);
      this.#slots.delete(key);
    }
    return this.#serveWaiting(nowMs);
  }

  /**
   * Call about once a second. `isHelpComing`: a Node is still fetching the inputs, so workers may yet appear where all
   * present ones are blocked.
   */
  tick(nowMs: number, isHelpComing: boolean): readonly CoordinatorEffect[] {
    if (this.#isOver) return [];
    const effects = this.#table.expire(nowMs).length > 0 ? this.#serveWaiting(nowMs) : [];
    const slots = [...this.#slots.values()];
    const isHopeless =
      slots.length > 0 && !isHelpComing && slots.every(({ key }) => this.#table.isBlocked(key));
    if (!isHopeless) {
      this.#hopelessSinceMs = undefined;
      return effects;
    }
    this.#hopelessSinceMs ??= nowMs;
    if (nowMs - this.#hopelessSinceMs < NO_WORKER_GRACE_MS) return effects;
    this.#isOver = true;
    return [...effects, { kind: 'failed', reason: this.#lastFailure }];
  }

  /** No effects come after it. */
  cancel(): void {
    this.#isOver = true;
  }

  #slot(worker: WorkerRef, nowMs: number): WorkerSlot {
    const key = keyOf(worker);
    let slot = this.#slots.get(key);
    if (!slot) {
      slot = { worker, key, speed: undefined, isWaiting: false };
      this.#slots.set(key, slot);
    }
    this.#table.enlist(key, nowMs);
    return slot;
  }

  #revocations(voided: readonly Lease[]): CoordinatorEffect[] {
    const byHolder = new Map<WorkerKey, Lease[]>();
    for (const lease of voided) {
      const ofHolder = byHolder.get(lease.worker);
      if (ofHolder) ofHolder.push(lease);
      else byHolder.set(lease.worker, [lease]);
    }
    return [...byHolder].flatMap(([key, leases]) => {
      const holder = this.#slots.get(key);
      return holder ? [{ kind: 'revoke' as const, worker: holder.worker, leases }] : [];
    });
  }

  #serveWaiting(nowMs: number): CoordinatorEffect[] {
    const effects: CoordinatorEffect[] = [];
    if (this.#isOver) return effects;
    for (const slot of this.#slots.values()) {
      const grant = slot.isWaiting ? this.#serve(slot, nowMs) : undefined;
      if (grant) effects.push(grant);
    }
    return effects;
  }

  /** Grants up to the budget; an idle worker that finds nothing left gets a copy of the slowest Task. */
  #serve(slot: WorkerSlot, nowMs: number): CoordinatorEffect | undefined {
    this.#startedAtMs ??= nowMs;
    const budget = grantBudget({
      speed: slot.speed,
      ageMs: nowMs - this.#startedAtMs,
      remainingCost: this.#table.unleasedCost,
      workers: this.#slots.size,
    });
    const leases: Lease[] = [];
    for (let granted = 0; leases.length < MAX_GRANT_TASKS; ) {
      const lease = this.#table.grant(slot.key, nowMs);
      if (!lease) break;
      leases.push(lease);
      granted += this.#options.cost(lease.task);
      if (granted >= budget) break;
    }
    if (leases.length === 0 && this.#table.leasesOf(slot.key).length === 0) {
      const copy = this.#table.duplicate(slot.key, nowMs);
      if (copy) leases.push(copy);
    }
    if (leases.length === 0) return undefined;
    slot.isWaiting = false;
    return { kind: 'grant', worker: slot.worker, leases };
  }
}
