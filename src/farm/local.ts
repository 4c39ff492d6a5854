/** A Job on this machine alone: the same leases, sizes and failures as on the mesh, without a Node. What the terminal runs. */
import { CancelledError, type Clock, type Timers } from '../runtime/index.ts';
import type { NodeId } from '../wire/index.ts';
import type { JobId, JobSource, TaskRunner } from './contract.ts';
import { JobFailedError } from './errors.ts';
import { Lender } from './lender.ts';
import type { FarmMessage } from './messages.ts';
import { OwnedJob } from './owned-job.ts';

export interface LocalRunOptions {
  readonly workers: number;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly signal?: AbortSignal;
}

/** There is nobody to tell it from. */
const SELF = '00000000-0000-4000-8000-000000000000' as NodeId;
const ID = '0'.repeat(32) as JobId;

/** Resolves when every Task is accepted. The runner is closed in any case. @throws JobFailedError, CancelledError */
export function runLocally(source: JobSource, runner: TaskRunner, options: LocalRunOptions): Promise<void> {
  const { workers, clock, timers, signal } = options;
  return new Promise((resolve, reject) => {
    const toLender = (message: FarmMessage): void => {
      if (message.type === 'grant') lender.granted(ID, message.worker, message.leases);
      else if (message.type === 'revoke') lender.revoked(ID, message.worker, message.leases);
    };
    const job = new OwnedJob(ID, source, {
      clock,
      timers,
      members: () => [],
      tell: async (_, message) => queueMicrotask(() => toLender(message)),
      ended: ({ phase, reason }) => {
        signal?.removeEventListener('abort', cancel);
        job.close();
        lender.close();
        if (phase === 'done') resolve();
        else if (phase === 'failed') reject(new JobFailedError(reason ?? 'the job failed'));
        else reject(new CancelledError('the job'));
      },
    });
    const lender = new Lender({
      clock,
      timers,
      tell: (_, message) => queueMicrotask(() => job.received(SELF, message)),
      sendResult: async (_, result) => job.result(SELF, result),
      refused: (_, reason) => job.received(SELF, { type: 'unfit', id: ID, worker: 0, reason }),
    });
    const cancel = (): void => job.cancel('it was cancelled');
    if (signal?.aborted) {
      runner.close();
      reject(new CancelledError('the job'));
      return;
    }
    signal?.addEventListener('abort', cancel, { once: true });
    job.start();
    lender.offer(
      { id: ID, owner: SELF, kind: source.kind, taskCount: source.taskCount, spec: source.spec },
      { name: source.kind, open: async () => runner },
    );
    lender.setWorkers(workers);
  });
}
