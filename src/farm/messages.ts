/** What the farm says over the mesh to steer; its bytes: message-codec.ts. Results and parts have a form of their own (payload.ts). */
import type { NodeId } from '../wire/index.ts';
import type { JobControl, JobDescription, JobId, JobWish, LeaseRef, Liar, LogSection } from './contract.ts';
import type { CheckRef } from './trust/checks.ts';

export const FARM = 'farm';

export interface Beat extends WorkReport {
  readonly type: 'beat';
  readonly id: JobId;
  /** Number of the sender's term: nobody speaks for another. */
  readonly term: number;
  readonly control: JobControl;
  readonly liars: readonly Liar[];
}

/** How the work stands, as its coordinator says. */
export interface WorkReport {
  readonly standby: NodeId | undefined;
  /** Some that have the inputs, the best first. */
  readonly holders: readonly NodeId[];
  readonly doneCost: number;
  readonly totalCost: number;
  /** Leases and checks given out now. */
  readonly inWork: number;
  /** Results that others have found right. */
  readonly checked: number;
}

/** About a worker of a Node; `term` is the term of the coordinator that is meant, or that speaks. */
export interface AboutWorker {
  readonly id: JobId;
  readonly term: number;
  readonly worker: number;
}

export type FarmMessage =
  /** Coordinator to everyone, now and then and when something changes. */
  | Beat
  /** To a coordinator: are you there? `isNew`: and what is this Job? */
  | { readonly type: 'ask'; readonly id: JobId; readonly isNew: boolean }
  | { readonly type: 'description'; readonly id: JobId; readonly description: JobDescription }
  | { readonly type: 'wish'; readonly id: JobId; readonly wish: JobWish }
  /**
   * Worker to coordinator: give me work. `isEmptyHanded`: whatever you think I have of this Job, I have nothing. `held`: Tasks whose
   * results this Node has, of which it has not told you.
   */
  | (AboutWorker & { readonly type: 'pull'; readonly isEmptyHanded: boolean; readonly held: Uint32Array })
  /** Coordinator to worker; empty: wait. */
  | (AboutWorker & { readonly type: 'grant'; readonly leases: readonly LeaseRef[] })
  /** Coordinator to worker: do not begin these. */
  | (AboutWorker & { readonly type: 'revoke'; readonly leases: readonly LeaseRef[] })
  /** Coordinator to worker: do these pieces of Tasks, whose results others have brought. */
  | (AboutWorker & { readonly type: 'check'; readonly checks: readonly CheckRef[] })
  /** Coordinator to worker: you get no more of this Job. */
  | (AboutWorker & { readonly type: 'blocked'; readonly reason: string })
  /** Worker to coordinator: I could not do this Task. */
  | (AboutWorker & { readonly type: 'failure'; readonly lease: LeaseRef; readonly reason: string })
  /** Worker to coordinator: I can do nothing of this Job. */
  | (AboutWorker & { readonly type: 'unfit'; readonly reason: string })
  /** Worker to coordinator: I stop; what I have is yours again. */
  | (AboutWorker & { readonly type: 'release' })
  /** Node to coordinator: how far the inputs have come. */
  | {
      readonly type: 'inputs';
      readonly id: JobId;
      readonly receivedBytes: number;
      readonly totalBytes: number;
    }
  /** Node to coordinator: I do not take part. */
  | { readonly type: 'refused'; readonly id: JobId; readonly reason: string }
  /** Node to coordinator: I cannot keep the second copy. */
  | { readonly type: 'unable'; readonly id: JobId }
  /** Node to coordinator: what I have of the results, from part `first` on. */
  | { readonly type: 'versions'; readonly id: JobId; readonly first: number; readonly versions: Uint32Array }
  /** Coordinator to Node: send me these; none: I have all that you have, from part `first` on. */
  | { readonly type: 'want'; readonly id: JobId; readonly first: number; readonly parts: Uint32Array }
  /** Who coordinates, or has the results of before: what have you written down? Nothing comes when it is the version `known`. */
  | { readonly type: 'ask-log'; readonly id: JobId; readonly known: number | undefined }
  | { readonly type: 'log'; readonly id: JobId; readonly sections: readonly LogSection[] };

export const MAX_REASON = 500;
/** Tasks in one grant: a worker never has more at a time. */
export const MAX_LEASES = 2048;
/** Checks in one message. */
export const MAX_CHECKS = 256;
export const MAX_HOLDERS = 16;
/** Held results named in one pull. */
export const MAX_HELD = 1024;
/** Versions in one message; a store with more parts needs several. */
export const MAX_VERSIONS = 65_536;
export const MAX_WANTED = 256;

/** What is said of a failure is for people: its beginning is enough. */
export const shortReason = (reason: string): string => reason.slice(0, MAX_REASON);
