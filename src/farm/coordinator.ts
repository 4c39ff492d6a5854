/**
 * The coordinator's side of a Job's work, as a pure state machine: workers pull, results and failures come in, Nodes leave, time
 * passes; out come grants, revocations and the end. What a grant carries: serving.ts. It lives for one
 * term: a fence is of this term, so nothing that an earlier coordinator gave out can write here.
 */
import type { NodeId } from '../wire/index.ts';
import type { LeaseRef, WorkerRef } from './contract.ts';
import { type CoordinatorEffect, NO_THIRD, UNREPEATABLE, WRONG_RESULTS } from './coordinator-effect.ts';
import { Ending } from './ending.ts';
import type { Lease, WorkerKey } from './lease.ts';
import { LeaseTable } from './lease-table.ts';
import { EMPTY_PULL, type Pull, Serving, type ServingOptions, type WorkerSlot } from './serving.ts';
import { smoothedSpeed } from './sizing.ts';
import type { Verdict } from './trust/checks.ts';
import type { Trust } from './trust/trust.ts';

export interface CoordinatorOptions extends ServingOptions {
  readonly self: NodeId;
  readonly trust: Trust;
}

export interface ActiveTask {
  readonly task: number;
  readonly node: NodeId;
}

/** A worker silent for so long loses its Leases; a hidden or frozen tab may come back and its result still counts. */
export const LEASE_MS = 20_000;
/** Results that may have to wait for an older one: with a Block of 48 KiB about 100 MiB. */
const MAX_AHEAD = 2048;
/** When every worker is blocked, how long to hope for another one. */
const NO_WORKER_GRACE_MS = 3_000;
/** Blocked machines without one of ours that end a Job: the word of one stranger does not. */
const MACHINES_TO_GIVE_UP = 2;

const keyOf = ({ node, index }: WorkerRef): WorkerKey => `${node}/${index}`;

export class Coordinator {
  readonly #options: CoordinatorOptions;
  readonly #table: LeaseTable;
  readonly #slots = new Map<WorkerKey, WorkerSlot>();
  readonly #serving: Serving;
  readonly #ending: Ending;
  #lastFailure = '';
  #hopelessSinceMs: number | undefined;
  #isOver = false;

  constructor(options: CoordinatorOptions) {
    this.#options = options;
    this.#table = new LeaseTable({
      taskCount: options.taskCount,
      store: options.store,
      machineOf: (key) => key.slice(0, key.indexOf('/')),
      ownMachine: options.self,
      maxAhead: MAX_AHEAD,
      leaseMs: LEASE_MS,
    });
    this.#serving = new Serving(this.#table, options);
    this.#ending = new Ending(this.#table, options.trust);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Leases and checks given out now. */
  get inWork(): number {
    return this.#table.liveLeases + this.#options.trust.inHand;
  }

  /** All Tasks are done, and checks are waited for. */
  get isEnding(): boolean {
    return !this.#isOver && this.#ending.isNear;
  }

  /** Whether something of the makers of that part is still to be checked, and there is somebody to do it. */
  isInDoubt(part: number): boolean {
    return !this.#isOver && this.#options.trust.isInDoubt(part, this.#candidates());
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

  /** How the workers of a Node stand, `blocked` only when all of them are. */
  stateOf(node: NodeId): {
    readonly state: 'working' | 'idle' | 'blocked';
    readonly reason: string | undefined;
  } {
    if (this.#options.trust.isLiar(node)) return { state: 'blocked', reason: WRONG_RESULTS };
    const slots = [...this.#slots.values()].filter(({ worker }) => worker.node === node);
    if (slots.some(({ key }) => this.#table.leasesOf(key).length > 0))
      return { state: 'working', reason: undefined };
    const isBlocked = slots.length > 0 && slots.every(({ key }) => this.#table.isBlocked(key));
    if (!isBlocked) return { state: 'idle', reason: undefined };
    return { state: 'blocked', reason: slots.find(({ reason }) => reason !== undefined)?.reason };
  }

  /** A worker wants more. */
  pull(
    worker: WorkerRef,
    nowMs: number,
    { isEmptyHanded, held }: Pull = EMPTY_PULL,
  ): readonly CoordinatorEffect[] {
    if (this.#isOver) return [];
    const { trust } = this.#options;
    if (trust.isLiar(worker.node)) return [{ type: 'blocked', worker, reason: WRONG_RESULTS }];
    const slot = this.#slot(worker, nowMs);
    if (this.#table.isBlocked(slot.key)) {
      return [{ type: 'blocked', worker, reason: slot.reason ?? 'it did not bring what it was given' }];
    }
    slot.isWaiting = true;
    this.#serving.remember(worker.node, held);
    if (isEmptyHanded) {
      this.#table.returnAll(slot.key, nowMs);
      trust.takeBack(({ node, index }) => node === worker.node && index === worker.index);
    }
    const checks = this.#checksFor([slot], nowMs);
    const leases = this.#serving.serve(slot, this.#slots.size, nowMs);
    const answer: CoordinatorEffect[] = [...checks, { type: 'grant', worker, leases }];
    return isEmptyHanded ? [...answer, ...this.#serveWaiting(nowMs)] : answer;
  }

  /** Whether a result of this worker under this Lease is still of use. */
  isWelcome(worker: WorkerRef, lease: LeaseRef): boolean {
    if (this.#isOver || this.#table.holderOf(lease) !== keyOf(worker)) return false;
    return !this.#options.trust.isLiar(worker.node) && !this.#options.store.isSettled(lease.task);
  }

  /** Whether this worker was asked to do that once more. */
  isCheck(worker: WorkerRef, { fence }: LeaseRef): boolean {
    return !this.#isOver && this.#options.trust.isAsked(worker, fence);
  }

  /** What it came to. */
  checked(
    worker: WorkerRef,
    { fence }: LeaseRef,
    bytes: Uint8Array,
    nowMs: number,
  ): readonly CoordinatorEffect[] {
    this.#brought(worker, nowMs);
    return [
      ...this.#judged(this.#options.trust.answered(worker, fence, bytes, this.#candidates())),
      ...(this.#isOver ? [] : this.#goOn(nowMs)),
    ];
  }

  /** A result of acceptable form, that was kept. `elapsedMs` is the worker's own measure. */
  succeeded(lease: LeaseRef, elapsedMs: number, nowMs: number): readonly CoordinatorEffect[] {
    if (this.#isOver) return [];
    const completion = this.#table.complete(lease, elapsedMs, nowMs);
    if (completion.outcome !== 'accepted') return [];
    const slot = this.#slots.get(completion.worker);
    if (slot) {
      this.#brought(slot.worker, nowMs);
      slot.speed = smoothedSpeed(slot.speed, this.#options.store.cost(lease.task), elapsedMs);
    }
    const voided = [...completion.superseded, ...this.#table.dropSettled(nowMs)];
    return [...this.#revocations(voided), ...this.#goOn(nowMs)];
  }

  /** Parts of another copy have come into the store. */
  merged(nowMs: number): readonly CoordinatorEffect[] {
    if (this.#isOver) return [];
    return [...this.#revocations(this.#table.dropSettled(nowMs, true)), ...this.#goOn(nowMs)];
  }

  /** The worker could not do the Task, or sent what cannot be its result. Nobody else's word counts. */
  failed(worker: WorkerRef, lease: LeaseRef, reason: string, nowMs: number): readonly CoordinatorEffect[] {
    if (this.isCheck(worker, lease)) {
      this.#options.trust.refused(worker, lease.fence);
      return this.#goOn(nowMs);
    }
    if (this.#isOver || this.#table.holderOf(lease) !== keyOf(worker)) return [];
    const failure = this.#table.fail(lease, reason, nowMs);
    if (failure.outcome === 'ignored') return [];
    this.#lastFailure = reason;
    const slot = this.#slots.get(failure.worker);
    if (slot) slot.reason = reason;
    const effects: CoordinatorEffect[] = [{ type: 'failure', worker, task: lease.task, reason }];
    if (failure.isBlocked && slot) effects.push({ type: 'blocked', worker, reason });
    if (failure.outcome === 'task-failed') {
      return [...effects, this.#fail(`several workers failed at the same piece: ${reason}`)];
    }
    return [...effects, ...this.#serveWaiting(nowMs)];
  }

  /** The worker cannot do anything of this Job (the scene does not fit into its memory, say). */
  unfit(worker: WorkerRef, reason: string, nowMs: number): readonly CoordinatorEffect[] {
    if (this.#isOver) return [];
    this.#lastFailure = reason;
    const slot = this.#slot(worker, nowMs);
    slot.reason = reason;
    this.#table.block(slot.key, nowMs);
    return this.#serveWaiting(nowMs);
  }

  /** The worker stops: what it has goes to others. */
  released(worker: WorkerRef, nowMs: number): readonly CoordinatorEffect[] {
    const key = keyOf(worker);
    this.#table.release(key, nowMs);
    if (!this.#table.isBlocked(key)) this.#slots.delete(key);
    this.#options.trust.takeBack((one) => keyOf(one) === key);
    return this.#isOver ? [] : this.#goOn(nowMs);
  }

  /** The Node is gone: its Leases return at once. */
  left(node: NodeId, nowMs: number): readonly CoordinatorEffect[] {
    this.#serving.left(node);
    for (const { worker, key } of [...this.#slots.values()]) {
      if (worker.node !== node) continue;
      this.#table.forget(key, nowMs);
      this.#slots.delete(key);
    }
    this.#options.trust.takeBack((worker) => worker.node === node);
    return this.#isOver ? [] : this.#goOn(nowMs);
  }

  /** While paused nothing is granted; what is in work may come to its end. */
  setPaused(isPaused: boolean, nowMs: number): readonly CoordinatorEffect[] {
    this.#serving.isPaused = isPaused;
    return this.#serveWaiting(nowMs);
  }

  /**
   * Call about once a second. `isHelpComing`: a Node is still fetching the inputs, so workers may yet appear where all
   * present ones are blocked.
   */
  tick(nowMs: number, isHelpComing: boolean): readonly CoordinatorEffect[] {
    if (this.#isOver) return [];
    const expired = this.#byHolder(this.#table.expire(nowMs));
    this.#options.trust.expire(nowMs);
    this.#serving.miss(this.#slots.values(), nowMs - LEASE_MS);
    const effects: CoordinatorEffect[] = expired.map(({ worker, leases }) => {
      return { type: 'expired', worker, leases: leases.length };
    });
    effects.push(...this.#goOn(nowMs));
    if (this.#isOver) return effects;
    const isStuck = this.#ending.isHere(this.#candidates(), nowMs) && this.#options.trust.isDisputed;
    if (isHelpComing || !(isStuck || this.#isHopeless())) {
      this.#hopelessSinceMs = undefined;
      return effects;
    }
    this.#hopelessSinceMs ??= nowMs;
    if (nowMs - this.#hopelessSinceMs < NO_WORKER_GRACE_MS) return effects;
    return [...effects, this.#fail(isStuck ? NO_THIRD : this.#lastFailure)];
  }

  /** No effects come after it. */
  end(): void {
    this.#isOver = true;
  }

  #isHopeless(): boolean {
    const slots = [...this.#slots.values()];
    if (slots.length === 0 || !slots.every(({ key }) => this.#table.isBlocked(key))) return false;
    const machines = new Set(slots.map(({ worker }) => worker.node));
    return machines.size >= MACHINES_TO_GIVE_UP || machines.has(this.#options.self);
  }

  /** Complete is what nobody can say more about: of whoever brought results something has been checked. */
  #goOn(nowMs: number): readonly CoordinatorEffect[] {
    if (!this.#ending.isHere(this.#candidates(), nowMs)) return this.#serveWaiting(nowMs);
    const rest = this.#judged(this.#options.trust.decideRest(this.#candidates()));
    if (this.#isOver || this.#options.trust.isDisputed) return rest;
    this.#isOver = true;
    return [...rest, { type: 'done' }];
  }

  /** Who may be asked to check: whoever works for the Job, and has not stopped asking for work. */
  #candidates(): readonly NodeId[] {
    const isWorking = ({ key, isMissed }: WorkerSlot): boolean => !isMissed && !this.#table.isBlocked(key);
    const working = [...this.#slots.values()].filter(isWorking);
    return [...new Set(working.map(({ worker }) => worker.node))];
  }

  #judged(verdict: Verdict): readonly CoordinatorEffect[] {
    switch (verdict.type) {
      case 'wrong':
        this.#isOver = true;
        return [{ type: 'wrong', liars: verdict.liars }];
      case 'unrepeatable':
        return [this.#fail(UNREPEATABLE)];
      default:
        return [];
    }
  }

  #fail(reason: string): CoordinatorEffect {
    this.#isOver = true;
    return { type: 'failed', reason };
  }

  #slot(worker: WorkerRef, nowMs: number): WorkerSlot {
    const key = keyOf(worker);
    let slot = this.#slots.get(key);
    if (!slot) {
      const unknown = { speed: undefined, reason: undefined, heardAtMs: nowMs, isMissed: false };
      slot = { worker, key, lastGrant: 1, isWaiting: false, ...unknown };
      this.#slots.set(key, slot);
    }
    slot.heardAtMs = nowMs;
    this.#table.enlist(key, nowMs);
    return slot;
  }

  /** It works; that it asks for more says nothing of the kind. */
  #brought(worker: WorkerRef, nowMs: number): void {
    this.#options.trust.heard(worker, nowMs);
    const slot = this.#slots.get(keyOf(worker));
    if (slot) slot.heardAtMs = nowMs;
  }

  #revocations(voided: readonly Lease[]): CoordinatorEffect[] {
    return this.#byHolder(voided).map(({ worker, leases }) => ({ type: 'revoke', worker, leases }));
  }

  #byHolder(leases: readonly Lease[]) {
    if (leases.length === 0) return [];
    return [...this.#slots.values()].flatMap(({ worker, key }) => {
      const own = leases.filter((lease) => lease.worker === key);
      return own.length > 0 ? [{ worker, key, leases: own }] : [];
    });
  }

  #serveWaiting(nowMs: number): CoordinatorEffect[] {
    if (this.#isOver) return [];
    const checks = this.#checksFor(this.#waiting(), nowMs);
    const grants = this.#serving.serveAll(this.#waiting(), this.#slots.size, nowMs);
    return [...checks, ...grants.map(({ worker, leases }) => ({ type: 'grant' as const, worker, leases }))];
  }

  #waiting(): readonly WorkerSlot[] {
    return [...this.#slots.values()].filter(({ key, isWaiting }) => isWaiting && !this.#table.isBlocked(key));
  }

  #checksFor(slots: readonly WorkerSlot[], nowMs: number): CoordinatorEffect[] {
    if (!this.#serving.isOpen(nowMs)) return [];
    const now = { nowMs, isLast: this.#ending.isNear };
    const granted = this.#options.trust.grantAll(slots, () => this.#waiting(), this.#candidates(), now);
    return granted.map(({ worker, checks }) => ({ type: 'check', worker, checks }));
  }
}
