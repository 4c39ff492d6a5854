/** A Job on this machine alone: the same leases, sizes and failures as on the mesh, without a Node. What the terminal runs. */
import { CancelledError, type Clock, systemRandom, type Timers } from '../runtime/index.ts';
import type { NodeId } from '../wire/index.ts';
import type { JobKind, ResultStore, TaskRunner } from './contract.ts';
import { named } from './description.ts';
import { Driver } from './driver/driver.ts';
import { JobFailedError } from './errors.ts';

/** A Job that runs on this device alone. */
export interface LocalJob {
  readonly taskCount: number;
  readonly store: ResultStore;
  readonly runner: TaskRunner;
}

/** How a LocalJob runs. */
export interface LocalRunOptions {
  readonly workers: number;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly signal?: AbortSignal;
}

/** There is nobody to tell it from. */
const SELF = '00000000-0000-4000-8000-000000000000' as NodeId;

/**
 * Resolves when every Task is settled in the store, which stays the caller's. The runner is closed in any case.
 * @throws JobFailedError, CancelledError
 */
export function runLocally({ taskCount, store, runner }: LocalJob, options: LocalRunOptions): Promise<void> {
  const { workers, clock, timers, signal } = options;
  const lent = closedOnce(runner);
  const kind: JobKind = { name: 'local', store: () => store, open: async () => lent };
  const description = named({
    kind: kind.name,
    title: '',
    taskCount,
    spec: new Uint8Array(),
    submitter: SELF,
    submittedAtMs: 0,
  });
  return new Promise((resolve, reject) => {
    const nobody = (): Promise<never> => Promise.reject(new Error('there is nobody else'));
    let isOver = false;
    const over = (): void => {
      const control = driver.state.view(description.id, clock.now())?.control;
      if (isOver || !control || control.phase === 'running' || control.phase === 'paused') return;
      isOver = true;
      signal?.removeEventListener('abort', cancel);
      driver.close();
      lent.close();
      if (control.phase === 'done') resolve();
      else if (control.phase === 'failed') reject(new JobFailedError(control.reason ?? 'the job failed'));
      else reject(new CancelledError('the job'));
    };
    const driver = new Driver(
      {
        self: SELF,
        clock,
        timers,
        random: systemRandom,
        wallClock: clock,
        kinds: new Map([[kind.name, kind]]),
      },
      {
        tell() {},
        broadcast() {},
        sendResult: nobody,
        sendPart: nobody,
        changed: over,
        removed() {},
        refused() {},
        logTold() {},
        wishSettled() {},
      },
    );
    const cancel = (): void =>
      driver.handle({ type: 'wish', id: description.id, wish: { type: 'cancel' }, token: 0 });
    driver.handle({ type: 'submit', description, store });
    signal?.addEventListener('abort', cancel, { once: true });
    driver.handle({ type: 'workers', count: workers });
    if (signal?.aborted) cancel();
  });
}

/** It may be lent at that moment, or not yet. */
function closedOnce(runner: TaskRunner): TaskRunner {
  let isClosed = false;
  return {
    prepare: (worker) => runner.prepare(worker),
    run: (worker, task, range) => runner.run(worker, task, range),
    close() {
      if (!isClosed) runner.close();
      isClosed = true;
    },
  };
}
