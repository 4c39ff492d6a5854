/**
 * The farm's words. A Job is a fixed list of Tasks, each a pure function of the Job's spec and the Task's number; it does not matter
 * which worker does it, or how often, for the bytes are the same. What the function is, the farm does not know: a JobKind does.
 *
 * A Job belongs to nobody: its description never changes, its results only grow, and who coordinates is a role with a term. So any
 * Node that knows the description can go on with it, and two that do so for a while (a partition) lose nothing but time.
 * docs/farm.md has the protocol.
 */
import type { NodeId } from '../wire/index.ts';

/** A Job's id: a hash of its description, 32 hexadecimal digits. */
export type JobId = string & { readonly brand: 'JobId' };

/** One worker of one Node. Its index is the Node's own affair and is only echoed back. */
export interface WorkerRef {
  readonly node: NodeId;
  readonly index: number;
}

/** The right to work on a Task. The fence is unique within a term and grows: it tells this lease from every other one. */
export interface LeaseRef {
  readonly task: number;
  readonly fence: number;
}

/** What a Job is: fixed at submission. `id` is derived from all of it, so nobody can announce another Job under its name. */
export interface JobDescription {
  readonly id: JobId;
  /** The JobKind's name. */
  readonly kind: string;
  /** For people, at most MAX_TITLE characters. */
  readonly title: string;
  readonly taskCount: number;
  /** Opaque to the farm, at most MAX_SPEC_BYTES; the JobKind checks it. */
  readonly spec: Uint8Array;
  /** The Node that asked for it. It has no rights that others lack. */
  readonly submitter: NodeId;
  /** Its wall clock at that moment, ms since 1970: for people, and to keep two equal requests apart. */
  readonly submittedAtMs: number;
}

/** Who coordinates, since when: the higher number wins, of equal numbers the higher Node. */
export interface Term {
  readonly number: number;
  readonly node: NodeId;
}

/** The last three are final. */
export type JobPhase = 'running' | 'paused' | 'done' | 'cancelled' | 'failed';

/** What people want of a Job, and what became of it. The higher version wins; a final phase wins over one that is not. */
export interface JobControl {
  readonly version: number;
  readonly phase: JobPhase;
  /** Why it failed, was cancelled or paused, for the person. */
  readonly reason: string | undefined;
  /** 0 (what the others leave) to 4; 2 is normal. Among a person's Jobs the higher comes first, among people it is a larger share. */
  readonly priority: number;
}

/** What a person may ask of any Job, from any Node. `requeue`: a failed or cancelled one goes on from where it was. */
export type JobWish =
  | { readonly type: 'pause' | 'resume' | 'cancel' | 'requeue' }
  | { readonly type: 'priority'; readonly priority: number };

/**
 * The results of one Job on one Node, as far as they have come: data that only grows. It is divided into parts (a render: Tiles),
 * each with a version; whoever has the higher version of a part has all that is in the lower one, and more, to the same bits. That
 * is all that copying, merging after a partition, and storing need.
 */
export interface ResultStore {
  /** Sum of `cost` over all Tasks that are needed or done. It may fall when a result makes other Tasks needless. */
  readonly totalCost: number;
  /** Sum of `cost` over all Tasks whose result is here: `totalCost` when every Task is settled. */
  readonly doneCost: number;
  /** Tasks of a group, where runs of them share what a worker prepares: it is best given more of the group that it is at. */
  readonly groupSize?: number;
  /** What a Task costs, in a unit of the kind's own (for a render: pixel samples). */
  cost(task: number): number;
  /** True once the Task's result is here or nobody needs it any more, and from then on. */
  isSettled(task: number): boolean;
  /**
   * Takes the result of a Task; of a settled one it does nothing. The bytes are its own to keep. `elapsedMs`: the worker's own measure.
   * @throws when the bytes cannot be a result of this Task: it counts as a failure of that worker.
   */
  accept(task: number, result: Uint8Array, worker: WorkerRef, elapsedMs?: number): void;
  readonly partCount: number;
  /** 0 for a part of which nothing is here; grows with its results. An unsigned 32-bit integer. */
  version(part: number): number;
  /** At most MAX_RESULT_BYTES. A promise where the part is not in memory. */
  encodePart(part: number): Uint8Array | Promise<Uint8Array>;
  /** Takes a part from another Node or from the disk where it is newer than what is here. @throws when the bytes are no such part */
  mergePart(part: number, bytes: Uint8Array): void;
  /** The part that the Task's result goes into. */
  partOf(task: number): number;
  /** Forgets all of a part, for something in it is wrong: its version is 0, and its Tasks are to be done again. */
  resetPart(part: number): void;
  /**
   * Into how many pieces a result of this Task falls that can be computed one without the other (a Block's rows); 1: only as a whole. By
   * pieces it is checked. 0: there is nothing to compare, for two workers need not come to the same bytes.
   */
  pieceCount(task: number, result: Uint8Array): number;
  /** Some pieces of a result: the bytes that `TaskRunner.run` comes to for the same range. */
  piece(task: number, result: Uint8Array, range: PieceRange): Uint8Array;
  close(): void;
}

/** Neighbouring pieces of a Task's result. */
export interface PieceRange {
  readonly first: number;
  /** At least 1. */
  readonly count: number;
}

/** The worker's side of one Job on one Node. */
export interface TaskRunner {
  /** Makes local worker `worker` ready for this Job (loads the scene). Called before its first Task. */
  prepare(worker: number): Promise<void>;
  /**
   * Does one Task, or some pieces of it; one at a time per worker. `elapsedMs` is the pure working time. One that takes long may come back with
   * undefined after some seconds, at a point where it can go on: run it again, others may come before.
   */
  run(
    worker: number,
    task: number,
    range?: PieceRange,
  ): Promise<{ readonly bytes: Uint8Array; readonly elapsedMs: number } | undefined>;
  close(): void;
}

/** What a kind gets when it opens a Job on this device. */
export interface OpenContext {
  readonly signal: AbortSignal;
  /** Nodes that are thought to have the inputs, the likeliest first; read it anew at each try. */
  holders(): readonly NodeId[];
  /** How far the inputs have come. */
  onProgress(receivedBytes: number, totalBytes: number): void;
}

/** A kind of pure function. */
export interface JobKind {
  readonly name: string;
  /**
   * An empty store; one at a time per Job and Node: for whoever coordinates it or keeps the second copy.
   * @throws JobRefusedError when this Node cannot keep it
   */
  store(job: JobDescription): ResultStore;
  /** Into how many parts its results fall, where every Node that knows the Job keeps something of each. Default: none. Never throws. */
  partCount?(job: JobDescription): number;
  /** Fetches what the Job needs. @throws JobRefusedError when this Node must not take part, anything else to be tried again. */
  open(job: JobDescription, context: OpenContext): Promise<TaskRunner>;
}

/** `coordinator`: gives out the work, has the results. `standby`: keeps the second copy, takes over first. */
export type JobRole = 'coordinator' | 'standby' | 'member';

/** How a Node that helps, or could, stands to a Job. */
export interface Helper {
  readonly node: NodeId;
  /** `idle`: ready, but nothing is left to grant. `blocked`, `refused`: `reason` says why, for the person. */
  readonly state: 'fetching' | 'ready' | 'working' | 'idle' | 'blocked' | 'refused';
  readonly reason: string | undefined;
  readonly receivedBytes: number;
  readonly totalBytes: number;
  /** Results of it that others have computed again, in part or whole, and found right. */
  readonly checked: number;
}

/** A Node that brought wrong results: blocked for the Job, and whatever its results were in was done again. */
export interface Liar {
  readonly node: NodeId;
  /** What was taken back because of it, in the unit of `cost`. */
  readonly withdrawnCost: number;
}

/** What can be told of a Job (the first nine), or of a Node that has to do with it. */
export type JobEventKind =
  | 'submitted'
  | 'led'
  | 'paused'
  | 'resumed'
  | 'requeued'
  | 'cancelled'
  | 'priority'
  | 'done'
  | 'failed'
  | 'joined'
  | 'failure'
  | 'expired'
  | 'blocked'
  | 'refused'
  | 'wrong'
  | 'left';

/** A line of a Job's log. */
export interface JobEvent {
  /** ms since 1970, by the clock of whoever coordinated. */
  readonly atMs: number;
  readonly kind: JobEventKind;
  /** Whose doing it was. */
  readonly node: NodeId | undefined;
  /** The reason, or a number: which Task, which priority, how many Leases. */
  readonly detail: string | undefined;
}

/** What one Node did for a Job in one term. */
export interface NodeWork {
  readonly node: NodeId;
  /** As it was called then; empty where nobody said. */
  readonly name: string;
  /** Results that were taken. */
  readonly tasks: number;
  readonly failures: number;
  /** Leases that it let run out. */
  readonly expired: number;
}

/** What was written in one term: only its coordinator adds to it, and the higher version has all that is in the lower. */
export interface LogSection {
  readonly term: Term;
  readonly version: number;
  /** Events that are no longer kept. */
  readonly omitted: number;
  readonly events: readonly JobEvent[];
  readonly work: readonly NodeWork[];
}

/** A Job as this Node knows it now: a snapshot. */
export interface JobView {
  readonly description: JobDescription;
  readonly control: JobControl;
  readonly term: Term;
  readonly role: JobRole;
  /** False while nobody in reach coordinates it: it goes on as soon as somebody takes over. */
  readonly isAttended: boolean;
  /** Its keeper of the second copy, where there is one: then nothing is lost when one tab closes. */
  readonly standby: NodeId | undefined;
  /** As the coordinator last said; in the unit of `cost`. */
  readonly doneCost: number;
  readonly totalCost: number;
  /** Results that others have found right, in this term. */
  readonly checked: number;
  readonly liars: readonly Liar[];
  /** Only on the coordinator: who helps, and Tasks in work now. */
  readonly helpers: readonly Helper[];
  readonly active: readonly { readonly task: number; readonly node: NodeId }[];
  /** As far as it is known here: `Farm.readLog` asks whoever coordinates. */
  readonly log: readonly LogSection[];
}

/** What is kept of a Job on a device's disk. */
export interface ArchivedJob {
  readonly description: JobDescription;
  readonly control: JobControl;
  readonly term: Term;
  readonly liars: readonly Liar[];
  readonly log: readonly LogSection[];
}

/**
 * The disk under the farm of one device. What fails there is said once and never stops a Job; `false` from a write means that it was
 * not kept (the disk is full, away, or behind): offer it again some seconds later. Tabs of one browser share it.
 */
export interface JobArchive {
  /** The Jobs of this Network that were kept, but for those that another tab of this device works on. Claims them for this one. */
  load(): Promise<readonly ArchivedJob[]>;
  /** Newest version of each part; claims the Job. */
  parts(id: JobId): AsyncIterable<{ readonly part: number; readonly bytes: Uint8Array }>;
  save(job: ArchivedJob): Promise<boolean>;
  /** Nothing happens when this version, or a newer one, is kept. The bytes are its own until it settles. */
  savePart(id: JobId, part: number, version: number, bytes: Uint8Array): Promise<boolean>;
  /** Whether something of the Job is still there, which others may have forgotten; true where that cannot be told now. */
  isKept(id: JobId): Promise<boolean>;
  /** Forgets the Job, unless another tab of this device works on it. */
  remove(id: JobId): Promise<void>;
}

/** A spec travels in one announcement beside its header: larger inputs are Blobs. */
export const MAX_SPEC_BYTES = 12 * 1024;
/** A result, or a part of a store, must fit into memory many times over; larger ones should be Blobs. */
export const MAX_RESULT_BYTES = 8 * 1024 * 1024;
/** Characters of a Job's title. */
export const MAX_TITLE = 200;
/** Worker indices are below it: a Node with more processors has to be two Nodes. */
export const MAX_WORKERS = 256;
