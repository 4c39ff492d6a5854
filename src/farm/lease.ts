/** The words of the lease table (lease-table.ts): what it keeps of Tasks and workers, and what it answers. */
import type { LeaseRef, ResultStore } from './contract.ts';

/** A worker as the table knows it: any string that is unique in the Job. */
export type WorkerKey = string;

export interface Lease extends LeaseRef {
  readonly worker: WorkerKey;
  /** Pushed back by every completion of its worker. */
  expiresAtMs: number;
  /** Nobody else gets a copy before: the result is only on its way. */
  readonly aloneUntilMs: number;
}

export interface OpenTask {
  readonly task: number;
  /** Live Leases: none while it waits for a worker, two when it was duplicated at the tail, seldom more. */
  readonly leases: Lease[];
  /** When the first Lease of it was given, undefined before. */
  firstLeasedAtMs: number | undefined;
  /** Machines that have said that they have its result, and were given a Lease for it. */
  readonly claimants: Set<string>;
  /** Ended Leases by fence: their results are still welcome. */
  readonly ended: Map<number, WorkerKey>;
  readonly failures: Map<WorkerKey, string>;
}

export interface WorkerRecord {
  /** Live Leases, in the order of granting, which is the order of working. */
  readonly leases: Lease[];
  failures: number;
  /** Times that its Leases ran out since it last completed a Task. */
  expiries: number;
  isBlocked: boolean;
  /** Time of its last grant to an empty queue or of its last completion. */
  progressAtMs: number;
  /** Smoothed time a Task takes it. */
  taskMs: number | undefined;
}

export type Completion =
  /** `superseded`: other live Leases of the Task, now void. */
  | { readonly outcome: 'accepted'; readonly worker: WorkerKey; readonly superseded: readonly Lease[] }
  | { readonly outcome: 'duplicate' }
  /** Never leased under that fence: not a result of ours. */
  | { readonly outcome: 'unknown' };

export type Failure =
  | { readonly outcome: 'ignored' }
  | { readonly outcome: 'retry' | 'task-failed'; readonly worker: WorkerKey; readonly isBlocked: boolean };

export interface LeaseTableOptions {
  readonly taskCount: number;
  readonly store: Pick<ResultStore, 'isSettled' | 'cost' | 'totalCost' | 'doneCost' | 'groupSize'>;
  /** The machine a worker runs on: its workers share their faults. */
  readonly machineOf: (worker: WorkerKey) => string;
  /** Ours. */
  readonly ownMachine: string;
  /** How many Tasks may be granted from the oldest open one on, settled ones not counted. */
  readonly maxAhead: number;
  /** A worker that completes nothing for so long loses its Leases. */
  readonly leaseMs: number;
}
