/** How it goes with a headless worker: a line for people, a record for programs. */
import type { RenderJob } from '../render/job/index.ts';
import { shareDone } from './job-text.ts';
import { counted, formatRate, percent } from './numbers.ts';
import { printableLine } from './printable.ts';

export interface WorkerStatus {
  /** With this one. */
  readonly members: number;
  /** That are not over. */
  readonly jobs: readonly StatusJob[];
  readonly workers: number;
  /** Of this machine, over the last seconds. */
  readonly samplesPerSecond: number;
  /** Of this machine, since it joined. */
  readonly samplesDone: number;
  /** The server that introduces Nodes is reached. */
  readonly isServerReached: boolean;
}

export type StatusJob = Pick<RenderJob, 'id' | 'title' | 'state'> & {
  readonly progress: Pick<RenderJob['progress'], 'samplesDone' | 'samplesTotal'>;
};

/** `3 members, 2 workers, 1 job: leaf.glb 34 %, 1.23 M samples/s`. */
export function statusLine(status: WorkerStatus): string {
  const { members, jobs, workers, samplesPerSecond, isServerReached } = status;
  const parts = [counted(members, 'member'), counted(workers, 'worker')];
  const [first] = jobs;
  parts.push(jobs.length === 1 && first ? `1 job: ${jobText(first)}` : counted(jobs.length, 'job'));
  if (samplesPerSecond > 0) parts.push(formatRate(samplesPerSecond));
  if (!isServerReached) parts.push('server away');
  return parts.join(', ');
}

/** As `--json` prints it. */
export function statusRecord(status: WorkerStatus, memoryBytes: number): object {
  const { jobs, samplesPerSecond, ...rest } = status;
  return {
    type: 'status',
    ...rest,
    samplesPerSecond: Math.round(samplesPerSecond),
    memoryBytes,
    jobs: jobs.map((job) => ({ id: job.id, state: job.state, done: doneOf(job) })),
  };
}

function doneOf({ progress: { samplesDone, samplesTotal } }: StatusJob): number {
  return shareDone({ doneCost: samplesDone, totalCost: samplesTotal });
}

function jobText(job: StatusJob): string {
  const { title, state } = job;
  return `${printableLine(title)} ${state === 'rendering' ? percent(doneOf(job)) : state}`;
}
