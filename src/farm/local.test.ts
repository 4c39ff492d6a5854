import { describe, expect, it } from 'vitest';
import { CancelledError, seededRandom } from '../runtime/index.ts';
import { SimulatedHost } from '../transport/simulated/host.ts';
import { Scheduler } from '../transport/simulated/scheduler.ts';
import type { TaskRunner } from './contract.ts';
import { JobFailedError } from './errors.ts';
import { runLocally } from './local.ts';
import { type Behaviour, SumStore, sumKind } from './sums.testing.ts';

const job = { taskCount: 60, spec: Uint8Array.of(7) };

async function setUp(behaviour: Behaviour = {}, signal?: AbortSignal) {
  const scheduler = new Scheduler();
  const host = new SimulatedHost(scheduler);
  const store = new SumStore(job);
  const kind = sumKind(host, seededRandom(1), behaviour);
  const context = { signal: new AbortController().signal, holders: () => [], onProgress() {} };
  const opened = await kind.open(
    { ...job, id: '' as never, kind: '', title: '', submitter: '' as never, submittedAtMs: 0 },
    context,
  );
  let closed = 0;
  const runner: TaskRunner = { ...opened, close: () => closed++ };
  const options = { workers: 3, clock: host, timers: host, ...(signal && { signal }) };
  const outcome = runLocally({ taskCount: job.taskCount, store, runner }, options).then(
    () => 'done',
    (error: unknown) => error,
  );
  await scheduler.runFor(60_000);
  return { store, outcome: await outcome, closed: () => closed };
}

describe('a Job on this machine alone', () => {
  it('is done, its store is left open, and the runner is closed once', async () => {
    const { store, outcome, closed } = await setUp();
    expect([outcome, store.isRight, store.isClosed, closed()]).toEqual(['done', true, false, 1]);
  });

  it('fails with the reason', async () => {
    const { outcome, closed } = await setUp({ fails: (_, task) => task === 11 });
    expect(outcome).toBeInstanceOf(JobFailedError);
    expect(String(outcome)).toContain('stumbled');
    expect(closed()).toBe(1);
  });

  it('fails when no worker can load the inputs', async () => {
    const { outcome } = await setUp({ unfit: true });
    expect(String(outcome)).toContain('the inputs do not fit');
  });

  it('is cancelled by its signal, before it begins too', async () => {
    const { outcome, closed, store } = await setUp({}, AbortSignal.abort());
    expect(outcome).toBeInstanceOf(CancelledError);
    expect([closed(), store.accepted]).toEqual([1, 0]);
  });
});
