/**
 * What a worker that asks gets, and when: Leases of Tasks whose results its Node has already, fresh ones up to a budget (sizing.ts), and
 * where nothing is left a copy of the slowest Task.
 */
import type { NodeId } from '../wire/index.ts';
import type { ResultStore, WorkerRef } from './contract.ts';
import { HeldElsewhere } from './held-elsewhere.ts';
import type { Lease, WorkerKey } from './lease.ts';
import type { LeaseTable } from './lease-table.ts';
import { grantBudget } from './sizing.ts';

/** A worker as its coordinator knows it. */
export interface WorkerSlot {
  readonly worker: WorkerRef;
  readonly key: WorkerKey;
  /** Cost per millisecond. */
  speed: number | undefined;
  /** Size of its last grant. */
  lastGrant: number;
  isWaiting: boolean;
  /** When it last asked for something or brought something. */
  heardAtMs: number;
  /** That was long ago: nothing of it is expected. */
  isMissed: boolean;
  /** Why it was of no use. */
  reason: string | undefined;
}

export interface Pull {
  /** The worker has nothing of what it was granted: a grant was lost on its way. */
  readonly isEmptyHanded: boolean;
  /** Tasks whose results its Node has. */
  readonly held: Iterable<number>;
}

export const EMPTY_PULL: Pull = { isEmptyHanded: false, held: [] };

export interface ServingOptions {
  readonly taskCount: number;
  readonly store: ResultStore;
  /** Nothing is granted before it: after a takeover the workers say first what they have. */
  readonly openAtMs: number;
}

export interface Grant {
  readonly worker: WorkerRef;
  readonly leases: readonly Lease[];
}

/** Tasks in one message: more would only delay what comes back from it. */
const MAX_GRANT_TASKS = 256;
/** Held results asked for in one message: they cost their worker nothing but the way. */
const MAX_GRANT_HELD = 1024;
/** Results of a worker that may be on their way to us when it asks for more. */
const MAX_ON_THE_WAY = 8;

export class Serving {
  /** While it is, nothing is granted. */
  isPaused = false;
  readonly #table: LeaseTable;
  readonly #options: ServingOptions;
  readonly #held = new HeldElsewhere();
  #startedAtMs: number | undefined;

  constructor(table: LeaseTable, options: ServingOptions) {
    this.#table = table;
    this.#options = options;
  }

  /** That Node has the results of these Tasks. */
  remember(node: NodeId, held: Iterable<number>): void {
    const { store, taskCount } = this.#options;
    for (const task of held) {
      if (task < taskCount && !store.isSettled(task)) this.#held.add(node, task);
    }
  }

  left(node: NodeId): void {
    this.#held.left(node);
  }

  /** Of those that were not heard since, and do not wait either, nothing is expected. */
  miss(slots: Iterable<WorkerSlot>, sinceMs: number): void {
    for (const slot of slots) {
      const isExpected = slot.isWaiting || this.#table.leasesOf(slot.key).length > 0;
      slot.isMissed = !isExpected && slot.heardAtMs <= sinceMs;
    }
  }

  /** What that worker, one of `workers`, gets now; nothing: it goes on waiting. */
  serve(slot: WorkerSlot, workers: number, nowMs: number): readonly Lease[] {
    return this.isOpen(nowMs) ? this.#grant(slot, this.#heldBy(slot, nowMs), workers, nowMs) : [];
  }

  /**
   * What those get that wait. Whoever has a result brings it before another one is asked to work for it. Where one worker of a Node comes
   * away empty the others are not tried: a Node with very many that wait would make every message dear.
   */
  serveAll(waiting: readonly WorkerSlot[], workers: number, nowMs: number): readonly Grant[] {
    if (!this.isOpen(nowMs)) return [];
    const [nothingHeld, nothingLeft] = [new Set<NodeId>(), new Set<NodeId>()];
    const holding = waiting.map((slot) => {
      const { node } = slot.worker;
      const held = nothingHeld.has(node) ? [] : this.#heldBy(slot, nowMs);
      if (held.length === 0) nothingHeld.add(node);
      return { slot, held };
    });
    return holding.flatMap(({ slot, held }) => {
      const { worker } = slot;
      if (held.length === 0 && nothingLeft.has(worker.node)) return [];
      const leases = this.#grant(slot, held, workers, nowMs);
      if (leases.length > 0) return [{ worker, leases }];
      // One that has work gets no copy, but the others may.
      if (this.#table.leasesOf(slot.key).length === 0) nothingLeft.add(worker.node);
      return [];
    });
  }

  /** Whether anything is given out now. */
  isOpen(nowMs: number): boolean {
    return !this.isPaused && nowMs >= this.#options.openAtMs;
  }

  #grant(slot: WorkerSlot, held: readonly Lease[], workers: number, nowMs: number): readonly Lease[] {
    this.#startedAtMs ??= nowMs;
    const leases = [...held];
    const asked = this.#table.leasesOf(slot.key).length - leases.length;
    // An honest worker asks when half of its last grant is left: much more than that nobody hoards.
    if (asked <= slot.lastGrant + MAX_ON_THE_WAY) leases.push(...this.#fresh(slot, workers, nowMs));
    if (leases.length === 0 && this.#table.leasesOf(slot.key).length === 0) {
      const copy = this.#table.duplicate(slot.key, nowMs);
      if (copy) leases.push(copy);
    }
    if (leases.length > 0) slot.isWaiting = false;
    return leases;
  }

  #fresh(slot: WorkerSlot, workers: number, nowMs: number): readonly Lease[] {
    const budget = grantBudget({
      speed: slot.speed,
      ageMs: nowMs - (this.#startedAtMs ?? nowMs),
      remainingCost: this.#table.unleasedCost,
      workers,
    });
    const leases: Lease[] = [];
    for (let granted = 0; leases.length < MAX_GRANT_TASKS; ) {
      const lease = this.#table.grant(slot.key, nowMs);
      if (!lease) break;
      leases.push(lease);
      granted += this.#options.store.cost(lease.task);
      if (granted >= budget) break;
    }
    if (leases.length > 0) slot.lastGrant = leases.length;
    return leases;
  }

  /** Leases of Tasks whose results the worker's Node has. Those that are out of reach yet stay remembered. */
  #heldBy({ worker, key }: WorkerSlot, nowMs: number): readonly Lease[] {
    const leases: Lease[] = [];
    for (const task of this.#held.of(worker.node)) {
      if (leases.length >= MAX_GRANT_HELD) break;
      const lease = this.#table.grantHeld(key, task, nowMs);
      if (lease) leases.push(lease);
      if (lease || !this.#table.isOpen(task)) this.#held.delete(worker.node, task);
    }
    return leases;
  }
}
