/** What the state of a room is told, and what it answers (room-state.ts). */
import type { NodeId } from '../../wire/index.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { AuthorId, DeviceId, EpochId, ItemHash, Plain, RoomDisk, UpdateHash } from './contract.ts';
import type { RoomOvertakenError } from './errors.ts';
import type { PieceQuestion } from './fetching.ts';
import type { Introduction } from './introductions.ts';
import type { CatchUpAnswer, Heads, Known, RoleRequest } from './messages.ts';
import type { GivenPiece } from './snapshot.ts';
import type { Undoes, Update } from './update.ts';

/** Stands for a promise of somebody who waits. */
export type Token = number;

export type RoomEvent =
  | { readonly type: 'wake' }
  /**
   * That Node has the room. Told again when it may have forgotten what it was told. `epochs`: whose keys it has, those that it writes with
   * first; undefined for such as are not here. `isPassing`: as in `Rooms.keep`.
   */
  | {
      readonly type: 'peer';
      readonly node: NodeId;
      readonly epochs: readonly (EpochId | undefined)[];
      readonly isPassing?: boolean;
    }
  /** It is gone, or has closed the room. */
  | { readonly type: 'left'; readonly node: NodeId }
  /** What that Node has: said to all, or to who asks; or, `thanks`, to us alone, as the author of some of it. */
  | { readonly type: 'heads' | 'thanks'; readonly from: NodeId; readonly heads: Heads }
  /** Updates and checkpoints, as they travel. */
  | { readonly type: 'updates'; readonly from: NodeId; readonly updates: readonly Uint8Array[] }
  /** What came of an `ask`; undefined: nothing that could be read. */
  | { readonly type: 'answered'; readonly from: NodeId; readonly answer: CatchUpAnswer | undefined }
  | {
      readonly type: 'write';
      readonly token: Token;
      readonly payload: Plain;
      readonly claimedAtMs: number;
      /** Instead of saying the payload. */
      readonly undoes?: Undoes | undefined;
    }
  | { readonly type: 'sync'; readonly token: Token }
  /** That Node says that we write too fast. */
  | { readonly type: 'hold'; readonly from: NodeId }
  /** What came of an `askPiece`; undefined: nothing. */
  | { readonly type: 'piece'; readonly question: PieceQuestion; readonly piece: GivenPiece | undefined }
  /** This device is to make the checkpoints. */
  | { readonly type: 'administer' }
  /** That Node is to make them. */
  | { readonly type: 'role'; readonly from: NodeId; readonly request: RoleRequest }
  /** That device is to be removed. `secret`: of the keys that follow. */
  | {
      readonly type: 'boot';
      readonly token: Token;
      readonly device: DeviceId | undefined;
      readonly secret: Uint8Array;
    }
  /** Who that Node is, and whom it knows. */
  | { readonly type: 'members'; readonly from: NodeId; readonly introductions: readonly Introduction[] }
  /** What came of an `askTurns`: rotations in order. */
  | { readonly type: 'turns'; readonly from: NodeId; readonly rotations: readonly Uint8Array[] }
  /** They were on this device's disk. */
  | { readonly type: 'loaded'; readonly base: KeptBase | undefined; readonly items: readonly Uint8Array[] }
  /** These are on it now. */
  | { readonly type: 'disk'; readonly disk: RoomDisk['type']; readonly stored: readonly ItemHash[] }
  /** Nobody waits for that any more. */
  | { readonly type: 'cancel'; readonly token: Token };

/** Where what is kept begins: a checkpoint and its snapshot, as they travel. */
export interface KeptBase {
  readonly checkpoint: Uint8Array;
  readonly snapshot: Uint8Array;
}

export type RoomEffect =
  /** To all peers as they are now, in the order of these effects. `keys`: with which they read it now. */
  | {
      readonly type: 'spread';
      readonly item: Uint8Array;
      readonly to: readonly NodeId[];
      readonly keys: EpochId;
    }
  /** They hear it as `heads`, or, of `thank`, as `thanks`. */
  | { readonly type: 'tell' | 'thank'; readonly to: readonly NodeId[]; readonly heads: Heads }
  /** It is in: to be kept on the disk, if there is one, and shown to whoever follows the room. */
  | { readonly type: 'store'; readonly update: Update }
  /** It is our own, new, and what came of that token. */
  | { readonly type: 'written'; readonly token: Token; readonly update: Update }
  /** An own update does nothing any more, because of what sorts before it. `token`: of who still waits for it. */
  | {
      readonly type: 'overtaken';
      readonly token: Token | undefined;
      readonly update: Update;
      readonly error: RoomOvertakenError;
    }
  /** An own update, whose place was closed without it, was written again in another. */
  | { readonly type: 'moved'; readonly from: Undoes; readonly to: Undoes }
  /** The same of a checkpoint. */
  | { readonly type: 'keep'; readonly checkpoint: Checkpoint }
  /** What is to be kept on the disk is another now: `base` and `items` say all of it. */
  | { readonly type: 'rebased' }
  /** Another checkpoint is the newest, or another device makes them. */
  | { readonly type: 'final' }
  /** What was final from checkpoint `from` to `to` is not: the chain that counts is another's, who took the role, or lied. */
  | { readonly type: 'broken'; readonly from: number; readonly to: number; readonly by: AuthorId }
  /** That it writes too fast, and waits for its turn here. */
  | { readonly type: 'hold'; readonly to: NodeId }
  | { readonly type: 'heldBack'; readonly node: NodeId; readonly by: NodeId }
  /** To be followed by `answered`, whatever happens. */
  | { readonly type: 'ask'; readonly to: NodeId; readonly known: Known }
  /** To be followed by `piece`, whatever happens. */
  | { readonly type: 'askPiece'; readonly question: PieceQuestion }
  /** It is to hear which keys we have: it speaks with older ones. */
  | { readonly type: 'greet'; readonly to: NodeId }
  /** All are to hear it. */
  | { readonly type: 'announce' }
  | { readonly type: 'introduce'; readonly to: NodeId; readonly introductions: readonly Introduction[] }
  /** To be followed by `turns`, if anything comes of it. */
  | { readonly type: 'askTurns'; readonly to: NodeId; readonly after: EpochId }
  /** It is a peer now, told again as it was met again; it is none any more. */
  | { readonly type: 'met' | 'parted'; readonly node: NodeId }
  /** Other keys count. */
  | { readonly type: 'turned' }
  /** Somebody is known who was not, or may more. */
  | { readonly type: 'members' }
  /** For good: this device was taken out, by that rotation. */
  | {
      readonly type: 'removed';
      readonly by: NodeId;
      readonly reason: string;
      readonly rotation: Pick<Checkpoint, 'hash' | 'bytes'>;
    }
  | { readonly type: 'askRole'; readonly to: NodeId; readonly request: RoleRequest }
  | { readonly type: 'settled'; readonly token: Token; readonly hash?: UpdateHash }
  | { readonly type: 'failed'; readonly token: Token; readonly error: Error }
  /** For good: it says why. */
  | { readonly type: 'stopped'; readonly reason: string }
  /** There is another state. */
  | { readonly type: 'changed' }
  /** All are to write slower, or faster again. */
  | { readonly type: 'paced' }
  /** Something was not taken, or does nothing: for people. */
  | { readonly type: 'refused'; readonly from: NodeId | undefined; readonly reason: string };
