/** What happens to the farm of a Node, and what it wants done: the events and effects of FarmState (farm-state.ts). */
import type { NodeId } from '../wire/index.ts';
import type { ArchivedJob, JobDescription, JobId, JobWish, PieceRange, ResultStore } from './contract.ts';
import type { LentWorker, Sending } from './lent-worker.ts';
import type { FarmMessage } from './messages.ts';
import type { FarmPart, FarmResult, OutgoingPart } from './payload.ts';
import type { AttributedStore } from './trust/attributed-store.ts';

export type FarmEvent =
  | { readonly type: 'wake' }
  | { readonly type: 'joined' | 'left'; readonly node: NodeId }
  /** This Node stood still. */
  | { readonly type: 'away' }
  /** `isDirect`: to us alone. */
  | {
      readonly type: 'message';
      readonly from: NodeId;
      readonly message: FarmMessage;
      readonly isDirect: boolean;
    }
  | { readonly type: 'result'; readonly from: NodeId; readonly result: FarmResult }
  | { readonly type: 'part'; readonly from: NodeId; readonly part: FarmPart }
  | { readonly type: 'result-settled'; readonly sending: Sending }
  | ({ readonly type: 'part-settled'; readonly hasArrived: boolean } & PartOnItsWay)
  | { readonly type: 'submit'; readonly description: JobDescription; readonly store: ResultStore }
  | { readonly type: 'restore'; readonly job: ArchivedJob; readonly store: AttributedStore | undefined }
  | { readonly type: 'wish'; readonly id: JobId; readonly wish: JobWish; readonly token: number }
  | { readonly type: 'forget'; readonly id: JobId }
  /** Somebody wants to read it: `log-told` follows, unless nobody coordinates it; then ask again. */
  | { readonly type: 'read-log'; readonly id: JobId }
  /** What people call that Node now. */
  | { readonly type: 'named'; readonly node: NodeId; readonly name: string }
  /** So much is the time of day, as ms since 1970, ahead of `now`. */
  | { readonly type: 'time-of-day'; readonly aheadMs: number }
  /** One more kind can be worked on. */
  | { readonly type: 'kind'; readonly name: string }
  | {
      readonly type: 'inputs';
      readonly id: JobId;
      readonly receivedBytes: number;
      readonly totalBytes: number;
    }
  | HandsEvent;

/** What the hands of this Node report: how many there are, and what came of what they were asked for. */
export type HandsEvent =
  | { readonly type: 'workers'; readonly count: number }
  | { readonly type: 'opened'; readonly id: JobId }
  | { readonly type: 'open-failed'; readonly id: JobId; readonly isRefused: boolean; readonly reason: string }
  | { readonly type: 'prepared'; readonly worker: LentWorker }
  | { readonly type: 'prepare-failed'; readonly worker: LentWorker; readonly reason: string }
  | {
      readonly type: 'ran';
      readonly worker: LentWorker;
      readonly bytes: Uint8Array;
      readonly elapsedMs: number;
    }
  /** Its turn is over, the Task is not. */
  | { readonly type: 'put-aside'; readonly worker: LentWorker }
  | { readonly type: 'run-failed'; readonly worker: LentWorker; readonly reason: string };

export interface PartOnItsWay {
  readonly to: NodeId;
  readonly id: JobId;
  readonly part: number;
}

export type FarmEffect =
  | { readonly type: 'tell'; readonly to: NodeId; readonly message: FarmMessage }
  | { readonly type: 'broadcast'; readonly message: FarmMessage }
  /** `result-settled` follows when it has arrived or never will. */
  | {
      readonly type: 'send-result';
      readonly to: NodeId;
      readonly result: FarmResult;
      readonly sending: Sending;
    }
  /** `part-settled` follows. */
  | { readonly type: 'send-part'; readonly to: NodeId; readonly part: OutgoingPart }
  /** Fetch the inputs: `opened` or `open-failed` follows, and `inputs` meanwhile. */
  | { readonly type: 'open'; readonly job: JobDescription }
  | { readonly type: 'shut'; readonly id: JobId }
  | { readonly type: 'prepare'; readonly id: JobId; readonly worker: LentWorker }
  | {
      readonly type: 'run';
      readonly id: JobId;
      readonly worker: LentWorker;
      readonly task: number;
      /** Only these pieces of it. */
      readonly range: PieceRange | undefined;
    }
  | { readonly type: 'changed' | 'removed' | 'log-told'; readonly id: JobId }
  | { readonly type: 'refused'; readonly id: JobId; readonly reason: string }
  | { readonly type: 'wish-settled'; readonly token: number; readonly isFulfilled: boolean }
  | { readonly type: 'log'; readonly text: string };
