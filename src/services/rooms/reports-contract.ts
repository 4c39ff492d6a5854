/** What a room says of itself: what is final, who has what, what becomes of it on the disk, and what has happened. */
import type { NodeId } from '../../wire/index.ts';
import type { RoomOvertakenError } from './errors.ts';
import type { AuthorId, UpdateHash } from './identifiers.ts';
import type { Plain } from './plain-value.ts';

/** What an update does not say itself. */
export interface UpdateMeta {
  readonly hash: UpdateHash;
  readonly author: AuthorId;
  /** What its author's clock said, ms since 1970: a claim, never an order. */
  readonly claimedAtMs: number;
}

/** What of a room's order does not change any more. */
export type RoomFinality =
  /** There is an order, and what is written may still come before what is here: no administrator has closed anything. */
  | { readonly type: 'none' }
  | {
      readonly type: 'final';
      /** Number of the newest checkpoint. */
      readonly checkpoint: number;
      /** That it and those before it have closed. */
      readonly updates: number;
      /** Who made it. */
      readonly by: NodeId;
      /** Who makes the one after it. */
      readonly next: NodeId;
      /** Numbers at which an administrator took the role of one that was lost, who may have gone on unseen. */
      readonly breaks: readonly number[];
    };

/** How what is here compares with what others have. */
export type RoomSync =
  /** For good: an administrator has taken this device out. What was here stays as it is; what comes after it cannot be read here. */
  | { readonly type: 'removed'; readonly reason: string }
  /** For good, because the reducer is not one (`events.stopped`). State and updates stay as they are; nothing is overwritten. */
  | { readonly type: 'stopped'; readonly reason: string }
  /** Nobody else in reach has the room. */
  | { readonly type: 'alone' }
  /** So many updates are known to exist and not here. */
  | { readonly type: 'behind'; readonly updates: number }
  /** Of the others in reach so many are known to have exactly what is here. */
  | { readonly type: 'with'; readonly nodes: number; readonly of: number };

/** How fast each author may write now. */
export interface RoomPace {
  /** Of the rate that the room's genesis states: 1, or less where all together write faster than these members follow. It is the same for all. */
  readonly share: number;
  readonly slowedBy: readonly NodeId[];
  /** That one of them lacks. */
  readonly updates: number;
  /** Members that were waited for long enough: they are behind, catch up as they can, and slow nobody. */
  readonly leftBehind: readonly NodeId[];
}

/** What becomes of a room on this device. */
export type RoomDisk =
  /** It is in memory only, as it was asked for. */
  | { readonly type: 'memory' }
  /** All that is here is on the disk. */
  | { readonly type: 'kept' }
  /** So many updates are on their way there. */
  | { readonly type: 'storing'; readonly updates: number }
  /** Another tab of this browser, or another process with this folder, keeps it; when it goes, this one does. */
  | { readonly type: 'elsewhere' }
  /** The disk is full or away: the room goes on in memory, and the disk is tried again. So many updates are not on it. */
  | { readonly type: 'trouble'; readonly reason: string; readonly updates: number };

/** What a room tells of, by the name of the event. */
export interface RoomEvents {
  /** There is another state. */
  changed: undefined;
  /** It is in: each once, after its parents, not in the room's order; those that this device had kept as well. */
  update: RoomUpdate;
  sync: RoomSync;
  /** All are to write slower, or faster again. */
  pace: RoomPace;
  disk: RoomDisk;
  /** There is another checkpoint. */
  finality: RoomFinality;
  /**
   * What the checkpoints from number `from` (or an earlier one, where that is not to be seen) to `to` made final is not: another administrator took the role from `from` on, as if whoever had
   * it were lost, or one has made two with one number. What is here of it goes on as if it were new.
   */
  broken: { readonly from: number; readonly to: number; readonly by: AuthorId };
  /**
   * What this device has written, and `update` had resolved for, does nothing: something sorts before it that was written at the same time. Each
   * is told once; one that is still waited for is told to `update`.
   */
  overtaken: { readonly update: RoomUpdate; readonly error: RoomOvertakenError };
  /** Something was not taken, or what somebody else wrote does nothing: for people. `from`: who sent it, undefined for ourselves. */
  refused: { readonly from: NodeId | undefined; readonly reason: string };
  /**
   * That Node writes faster than the room's rate allows. `by` does not look at the surplus until its time comes; nothing of it is lost. Where
   * `node` is ourselves, others say so of us. Told once, until it is over.
   */
  heldBack: { readonly node: NodeId; readonly by: NodeId };
  /** Somebody came, went, or shows something else. */
  others: undefined;
  broadcast: { readonly from: NodeId; readonly event: Plain };
  /** A member has said it to this one alone. */
  message: { readonly from: NodeId; readonly message: Plain };
  /** Somebody has come into the room or was removed, or `links` are others now. */
  members: undefined;
  /** This device was removed from the room: the sentence says what that means. */
  removed: { readonly by: NodeId; readonly reason: string };
  /** The room goes on no more here: with the same updates another Node had another state, and our own reducer answered differently again. */
  stopped: { readonly reason: string };
  /** It is closed here, or its Node is. */
  closed: undefined;
}

/** One that is in. */
export interface RoomUpdate extends UpdateMeta {
  readonly parents: readonly UpdateHash[];
  readonly update: Plain;
  /** It takes one of its author's back, or takes that back. */
  readonly isUndo?: true;
}
