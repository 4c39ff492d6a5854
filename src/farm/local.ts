/** A Job on this machine alone: the same leases, sizes and failures as on the mesh, without a Node. What the terminal runs. */
import type { Clock, Timers } from '../runtime/index.ts';
import type { ResultStore, TaskRunner } from './contract.ts';

export interface LocalJob {
  readonly taskCount: number;
  readonly store: ResultStore;
  readonly runner: TaskRunner;
}

export interface LocalRunOptions {
  readonly workers: number;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly signal?: AbortSignal;
}

/**
 * Resolves when every Task is settled in the store, which stays the caller's. The runner is closed in any case.
 * @throws JobFailedError, CancelledError
 */
export async function runLocally(_job: LocalJob, _options: LocalRunOptions): Promise<void> {
  throw new Error('to come');
}
