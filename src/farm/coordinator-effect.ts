/** What a coordinator's side of the work decides (coordinator.ts). */
import type { NodeId } from '../wire/index.ts';
import type { LeaseRef, WorkerRef } from './contract.ts';
import type { CheckRef } from './trust/checks.ts';

export type CoordinatorEffect =
  /** An empty grant says: nothing now, you are remembered. */
  | { readonly type: 'grant'; readonly worker: WorkerRef; readonly leases: readonly LeaseRef[] }
  /** Someone else was faster, or nobody needs them any more: do not begin these. */
  | { readonly type: 'revoke'; readonly worker: WorkerRef; readonly leases: readonly LeaseRef[] }
  /** Do these once more: others have done them already. */
  | { readonly type: 'check'; readonly worker: WorkerRef; readonly checks: readonly CheckRef[] }
  | { readonly type: 'blocked'; readonly worker: WorkerRef; readonly reason: string }
  /** For the log: it could not do the Task, or brought what is no result of it. */
  | { readonly type: 'failure'; readonly worker: WorkerRef; readonly task: number; readonly reason: string }
  /** For the log: so many of its Leases ran out. */
  | { readonly type: 'expired'; readonly worker: WorkerRef; readonly leases: number }
  /** These brought wrong results: all that they are in is to be done again, in a new term. */
  | { readonly type: 'wrong'; readonly liars: readonly NodeId[] }
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly reason: string };

/** Why a liar gets no more; for its person and for the others. */
export const WRONG_RESULTS = 'its results were wrong: other devices came to something else';
export const NO_THIRD =
  'two devices came to different results, and there is no third one to tell which of them is wrong';
export const UNREPEATABLE = 'every device comes to another result: what is computed is not repeatable';
