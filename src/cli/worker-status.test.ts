import { describe, expect, it } from 'vitest';
import type { JobId } from '../farm/index.ts';
import { type StatusJob, statusLine, statusRecord, type WorkerStatus } from './worker-status.ts';

const job: StatusJob = {
  id: 'aaaaaaaa11' as JobId,
  title: 'leaf.glb',
  state: 'rendering',
  progress: { samplesDone: 25, samplesTotal: 100 },
};
const status: WorkerStatus = {
  members: 3,
  jobs: [job],
  workers: 2,
  samplesPerSecond: 1_234_000,
  samplesDone: 5_000_000,
  isServerReached: true,
};

describe('the status of a worker', () => {
  it('is one line about members, workers, jobs and rate', () => {
    expect(statusLine(status)).toBe('3 members, 2 workers, 1 job: leaf.glb 25 %, 1.23 M samples/s');
    expect(statusLine({ ...status, jobs: [job, job], samplesPerSecond: 0 })).toBe(
      '3 members, 2 workers, 2 jobs',
    );
    expect(
      statusLine({ ...status, jobs: [{ ...job, state: 'preparing', title: 'a\nb' }], samplesPerSecond: 0 }),
    ).toBe('3 members, 2 workers, 1 job: a b preparing');
    expect(
      statusLine({
        ...{ members: 1, workers: 1, jobs: [], samplesPerSecond: 0, samplesDone: 0 },
        isServerReached: false,
      }),
    ).toBe('1 member, 1 worker, 0 jobs, server away');
  });

  it('is a record for programs', () => {
    expect(statusRecord({ ...status, samplesPerSecond: 10.6 }, 1024)).toEqual({
      type: 'status',
      members: 3,
      workers: 2,
      samplesDone: 5_000_000,
      samplesPerSecond: 11,
      isServerReached: true,
      memoryBytes: 1024,
      jobs: [{ id: 'aaaaaaaa11', state: 'rendering', done: 0.25 }],
    });
  });
});
