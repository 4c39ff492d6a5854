/**
 * The farm's words. A Job is a fixed list of Tasks, each a pure function of the Job's spec and the Task's number; it does not matter
 * which worker does it, or how often, for the bytes are the same. What the function is, the farm does not know: a JobKind does.
 */
import type { NodeId } from '../wire/index.ts';

export type JobId = string & { readonly brand: 'JobId' };

/** One worker of one Node. Its index is the Node's own affair and is only echoed back. */
export interface WorkerRef {
  readonly node: NodeId;
  readonly index: number;
}

/** The right to work on a Task. The fence is unique within the Job and grows: it tells this lease from every other one. */
export interface LeaseRef {
  readonly task: number;
  readonly fence: number;
}

/** What every Node learns of a Job. */
export interface JobOffer {
  readonly id: JobId;
  readonly owner: NodeId;
  /** The JobKind's name. */
  readonly kind: string;
  readonly taskCount: number;
  /** Opaque to the farm, at most MAX_SPEC_BYTES; the JobKind checks it. */
  readonly spec: Uint8Array;
}

/** The last three are final. */
export type JobPhase = 'running' | 'done' | 'cancelled' | 'failed';

/** Where a Job stands. */
export interface JobStatus {
  readonly phase: JobPhase;
  /** Why it failed or was cancelled, for the person. */
  readonly reason: string | undefined;
}

/** The owner's side of a Job. */
export interface JobSource {
  readonly kind: string;
  readonly spec: Uint8Array;
  readonly taskCount: number;
  /** Sum of `cost` over all Tasks that are needed or done. It falls, inside `accept`, when a result makes other Tasks needless. */
  readonly totalCost: number;
  /** What a Task costs, in a unit of the kind's own (for a render: pixel samples). */
  cost(task: number): number;
  /**
   * Takes the result of a Task, exactly once each. The bytes are its own to keep.
   * @throws when the bytes cannot be a result of this Task: it counts as a failure of that worker.
   */
  accept(task: number, result: Uint8Array, worker: WorkerRef): void;
  /**
   * False once the results so far have made the Task needless, and from then on: it is not given out any more, and results that
   * are on their way are ignored. The Job is done when every Task is accepted or needless. Without it all Tasks are needed.
   */
  isNeeded?(task: number): boolean;
}

/** The worker's side of one Job on one Node. */
export interface TaskRunner {
  /** Makes local worker `worker` ready for this Job (loads the scene). Called before its first Task. */
  prepare(worker: number): Promise<void>;
  /** Does one Task; one at a time per worker. `elapsedMs` is the pure working time. */
  run(worker: number, task: number): Promise<{ readonly bytes: Uint8Array; readonly elapsedMs: number }>;
  close(): void;
}

export interface OpenContext {
  readonly signal: AbortSignal;
  /** How far the inputs have come. */
  onProgress(receivedBytes: number, totalBytes: number): void;
}

/** A kind of pure function. */
export interface JobKind {
  readonly name: string;
  /** Fetches what the Job needs. @throws JobRefusedError when this Node must not take part, anything else to be tried again. */
  open(offer: JobOffer, context: OpenContext): Promise<TaskRunner>;
}

/** A spec travels in one announcement beside its header: larger inputs are Blobs. */
export const MAX_SPEC_BYTES = 12 * 1024;
/** A result must fit into memory many times over; larger ones should be Blobs. */
export const MAX_RESULT_BYTES = 8 * 1024 * 1024;
/** Worker indices are below it: a Node with more processors has to be two Nodes. */
export const MAX_WORKERS = 256;
