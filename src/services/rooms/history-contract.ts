/** What the history of a room is made of, and what it tells (history.ts). */
import type { Cryptography } from '../../mesh/index.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { AuthorId, Plain } from './contract.ts';
import type { Keyring } from './epochs.ts';
import type { Members } from './members.ts';
import type { Standing } from './peers.ts';
import type { RoomReducer } from './states.ts';
import type { Update } from './update.ts';
import type { Closed } from './writers.ts';

export interface HistoryOptions {
  /** Who writes here. */
  readonly author?: AuthorId;
  readonly reducer: RoomReducer;
  readonly initial: Plain;
  /** Of the encoded state. */
  readonly maxBytes: number;
  /** Of updates. */
  readonly maxHistoryBytes: number;
  readonly cryptography: Pick<Cryptography, 'sha256'>;
  readonly keyring: Pick<Keyring, 'first' | 'get' | 'idsUpTo'>;
}

/** What a checkpoint made final. */
export interface Anchor {
  /** Undefined: the room's beginning. */
  readonly checkpoint: Checkpoint | undefined;
  readonly closed: Closed;
  readonly members: Members;
  /** Undefined where it is not known: there is no reducer here. */
  readonly state: Plain | undefined;
}

/** One of which the state is known, and that is no beginning. */
export type Base = { readonly [Part in keyof Anchor]: Exclude<Anchor[Part], undefined> };

/** A checkpoint and what it closed, in order. */
export interface Segment {
  readonly anchor: Anchor;
  readonly updates: readonly Update[];
  readonly bytes: number;
}

export type HistoryChange =
  | { readonly type: 'accepted'; readonly update: Update }
  /** It was written here, and is neither in nor closed any more: to be written again. */
  | { readonly type: 'dropped'; readonly update: Update }
  /** It was written here and was in, and a checkpoint has closed a later one of its writer without it: to be written again in another place. */
  | { readonly type: 'shutOut'; readonly update: Update }
  /** It came when its keys had gone. */
  | { readonly type: 'expired'; readonly update: Update }
  | { readonly type: 'refused'; readonly author: AuthorId; readonly reason: string }
  /** `state`: whether the one that it names comes out here; `unrepeatable`: ours does not come out again, either. */
  | {
      readonly type: 'closed';
      readonly checkpoint: Checkpoint;
      readonly state: ClosedState;
      /** What was the newest until then. */
      readonly before: Standing;
    }
  /** What checkpoints from that number on had made final is not: they were of another chain. */
  | { readonly type: 'broken'; readonly from: number; readonly to: number; readonly by: AuthorId }
  /** What is to be kept begins there. */
  | { readonly type: 'base' };

export type ClosedState = 'same' | 'other' | 'unrepeatable' | 'unknown';

/** `later`: it counts, and what lies between is not here. `waits`: for updates that it covers. */
export type Offered = 'known' | 'taken' | 'waits' | 'later' | 'refused';
