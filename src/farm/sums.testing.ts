/** Test support: a kind of Job whose results are checked easily, and that misbehaves on request. */
import { integerBelow, type Random, seededRandom, type Timers } from '../runtime/index.ts';
import type { NodeId } from '../wire/index.ts';
import type { JobDescription, JobKind, PieceRange, ResultStore, WorkerRef } from './contract.ts';
import { JobRefusedError } from './errors.ts';
import type { OutgoingPart } from './payload.ts';

const SUM_BYTES = 32;
/** A byte each. */
export const SUM_PIECES = SUM_BYTES;
/** Tasks of a part. */
export const PART_TASKS = 8;

/** A pure function: the bytes depend on spec and Task only. */
export const sumOf = (spec: Uint8Array, task: number): Uint8Array =>
  seededRandom((spec[0] ?? 0) * 100_000 + task).bytes(SUM_BYTES);

/** All of it where no range is named. */
export const piecesOf = (result: Uint8Array, range: PieceRange | undefined): Uint8Array =>
  range ? result.slice(range.first, range.first + range.count) : result;

/** What a store encodes that has everything in memory. */
export function atHand(bytes: OutgoingPart['bytes']): Uint8Array {
  if (bytes instanceof Promise) throw new Error('the part is not at hand');
  return bytes;
}

/** A request for so many sums. */
export const sumsRequest = (taskCount: number, seed = 7) => ({
  kind: 'sum',
  title: `${taskCount} sums`,
  taskCount,
  spec: Uint8Array.of(seed),
});

/**
 * Results in parts of eight Tasks. As in a Film, a part grows in the order of its Tasks: what came early is here, but in no copy before
 * its turn.
 */
export class SumStore implements ResultStore {
  readonly results = new Map<number, Uint8Array>();
  readonly doneBy = new Map<NodeId, number>();
  /** Times that a Task was accepted which had been settled: never, if the farm is right. */
  doubles = 0;
  accepted = 0;
  merged = 0;
  isClosed = false;

  /** Every second Job has groups, as an animation has frames. */
  readonly groupSize: number;

  constructor(readonly job: Pick<JobDescription, 'taskCount' | 'spec'>) {
    this.groupSize = job.taskCount % 2 === 0 ? job.taskCount : 16;
  }

  get totalCost(): number {
    return this.job.taskCount;
  }

  get doneCost(): number {
    return this.results.size;
  }

  cost(): number {
    return 1;
  }

  isSettled(task: number): boolean {
    return this.results.has(task);
  }

  accept(task: number, result: Uint8Array, { node }: WorkerRef): void {
    if (result.length !== SUM_BYTES) throw new Error(`a sum has ${SUM_BYTES} bytes`);
    if (this.results.has(task)) this.doubles++;
    this.accepted++;
    this.results.set(task, result.slice());
    this.doneBy.set(node, (this.doneBy.get(node) ?? 0) + 1);
  }

  get partCount(): number {
    return Math.ceil(this.job.taskCount / PART_TASKS);
  }

  version(part: number): number {
    const first = part * PART_TASKS;
    const count = Math.min(PART_TASKS, this.job.taskCount - first);
    for (let i = 0; i < count; i++) if (!this.results.has(first + i)) return i;
    return count;
  }

  encodePart(part: number): Uint8Array {
    const version = this.version(part);
    const bytes = new Uint8Array(version * SUM_BYTES);
    for (let i = 0; i < version; i++) bytes.set(this.results.get(part * PART_TASKS + i) ?? [], i * SUM_BYTES);
    return bytes;
  }

  mergePart(part: number, bytes: Uint8Array): void {
    const version = bytes.length / SUM_BYTES;
    if (!Number.isInteger(version) || version > PART_TASKS || part >= this.partCount) {
      throw new Error('this is no part of sums');
    }
    for (let i = this.version(part); i < version; i++) {
      const task = part * PART_TASKS + i;
      if (!this.results.has(task)) this.merged++;
      this.results.set(task, bytes.slice(i * SUM_BYTES, (i + 1) * SUM_BYTES));
    }
  }

  partOf(task: number): number {
    return Math.floor(task / PART_TASKS);
  }

  resetPart(part: number): void {
    for (let i = 0; i < PART_TASKS; i++) this.results.delete(part * PART_TASKS + i);
  }

  pieceCount(): number {
    return SUM_PIECES;
  }

  piece(_: number, result: Uint8Array, range: PieceRange): Uint8Array {
    return piecesOf(result, range);
  }

  close(): void {
    this.isClosed = true;
  }

  /** Every result is here, and right. */
  get isRight(): boolean {
    return this.results.size === this.job.taskCount && this.hasNothingWrong;
  }

  get hasNothingWrong(): boolean {
    return this.wrongTasks === 0;
  }

  get wrongTasks(): number {
    const isWrong = ([task, result]: readonly [number, Uint8Array]): boolean =>
      `${result}` !== `${sumOf(this.job.spec, task)}`;
    return [...this.results].filter(isWrong).length;
  }
}

export interface Behaviour {
  /** Virtual ms a Task takes. */
  readonly taskMs?: number;
  readonly fails?: (worker: number, task: number) => boolean;
  readonly unfit?: boolean;
  readonly refuses?: string;
  /** Why there is no room for results here. */
  readonly hasNoRoom?: string;
  /** Asked before the inputs are opened: throws while they cannot be had. */
  readonly open?: () => void;
  readonly lies?: boolean;
}

export function sumKind(timers: Timers, random: Random, behaviour: Behaviour = {}): JobKind {
  const { taskMs = 50, fails, unfit = false, refuses, hasNoRoom, lies = false, open } = behaviour;
  return {
    name: 'sum',
    store(job) {
      if (hasNoRoom) throw new JobRefusedError(hasNoRoom);
      return new SumStore(job);
    },
    partCount: ({ taskCount }) => Math.ceil(taskCount / PART_TASKS),
    async open(job) {
      open?.();
      if (refuses) throw new JobRefusedError(refuses);
      return {
        async prepare() {
          if (unfit) throw new Error('the inputs do not fit');
        },
        run: (worker, task, range) =>
          new Promise((resolve, reject) => {
            const share = range ? range.count / SUM_PIECES : 1;
            const elapsedMs = share * taskMs * (0.5 + integerBelow(random, 1000) / 1000);
            timers.after(elapsedMs, () => {
              if (fails?.(worker, task)) reject(new Error(`worker ${worker} stumbled`));
              else
                resolve({
                  bytes: lies ? new Uint8Array(3) : piecesOf(sumOf(job.spec, task), range),
                  elapsedMs,
                });
            });
          }),
        close() {},
      };
    },
  };
}
