/**
 * Rooms: shared state that is `reduce(state, update)` over signed updates, the same on every Node, without a host. A room is its genesis:
 * who has another reducer, other limits or another beginning is in another room.
 */
import type { Emitter } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';

/** Lower-case hex of the SHA-256 of the genesis. */
export type RoomId = string & { readonly brand: 'RoomId' };
/** Lower-case hex of the SHA-256 of the bytes of an update, signatures included. */
export type UpdateHash = string & { readonly brand: 'UpdateHash' };
/** Lower-case hex of an Ed25519 public key: who wrote it. A Node's own identity. */
export type AuthorId = string & { readonly brand: 'AuthorId' };
/** `…#network.key&room=…`: the invite of the network, the room's id and the keys that it grants. Secret like an invite. */
export type RoomLink = string & { readonly brand: 'RoomLink' };

/**
 * What states and updates are made of: null, booleans, finite numbers, strings, bytes, arrays, and plain objects. It has exactly one
 * encoding (canonical.ts), so that equal states have equal hashes in every engine.
 */
export type Plain =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly Plain[]
  | { readonly [key: string]: Plain };

/** What an update does not say itself. */
export interface UpdateMeta {
  readonly hash: UpdateHash;
  readonly author: AuthorId;
  /** What its author's clock said, ms since 1970: a claim, never an order. */
  readonly claimedAtMs: number;
}

/**
 * Pure, and the same function on every Node: no clock, randomness, outside state. What it throws, or a result that cannot be encoded or is over the
 * cap, makes the update a no-op for all alike. It must not change `state`.
 */
export interface Reducer<State extends Plain, Update extends Plain> {
  /** Names the function and its version, as `todo-list/2`: part of the genesis. */
  readonly name: string;
  reduce(state: State, update: Update, meta: UpdateMeta): State;
}

export interface RoomLimits {
  /** Of the encoded state. At most, and by default, MAX_ROOM_BYTES. */
  readonly maxBytes: number;
  /** Of each author. */
  readonly updatesPerSecond: number;
  readonly bytesPerSecond: number;
}

export const MAX_ROOM_BYTES = 5_000_000;
export const MAX_PARENTS = 16;

export interface RoomOptions<State extends Plain, Update extends Plain> {
  readonly reducer: Reducer<State, Update>;
  /** Of a new room; ignored where the room exists: its genesis has it. */
  readonly initial: State;
  readonly limits?: Partial<RoomLimits>;
  readonly signal?: AbortSignal;
}

export interface RoomLinks {
  readonly read: RoomLink;
  /** Undefined where this device may not grant it. */
  readonly write: RoomLink | undefined;
  readonly admin: RoomLink | undefined;
}

export type RoomSync =
  | { readonly type: 'alone' }
  /** So many updates are known to exist and not here. */
  | { readonly type: 'behind'; readonly updates: number }
  | { readonly type: 'with'; readonly nodes: number; readonly of: number };

export interface RoomEvents {
  changed: undefined;
  sync: RoomSync;
  /** Something was refused, here or there: for people. */
  refused: { readonly from: NodeId | undefined; readonly reason: string };
  /** The room has stopped here and says why; nothing is overwritten. */
  stopped: { readonly reason: string };
}

export interface RoomMember {
  readonly author: AuthorId;
  readonly node: NodeId | undefined;
  readonly isSelf: boolean;
}

export interface Room<State extends Plain, Update extends Plain> {
  readonly id: RoomId;
  readonly state: State;
  readonly stateHash: string;
  /** The newest updates that no other names as a parent. */
  readonly heads: readonly UpdateHash[];
  readonly sync: RoomSync;
  /** Resolves when all that every member in reach had when asked is here. @throws CancelledError, RoomClosedError */
  synced(options?: { readonly signal?: AbortSignal }): Promise<void>;
  readonly events: Emitter<RoomEvents>;
  readonly links: RoomLinks;
  /**
   * Applies here at once; resolves when another Node has it, or, alone, when this device has stored it. Waits while this author is over its
   * rate. @throws RoomReadOnlyError, RoomTooLargeError (before it leaves), LeafcutterError `bad-update`, RoomClosedError
   */
  update(update: Update, options?: { readonly signal?: AbortSignal }): Promise<UpdateHash>;
  /** Fits signals and `useSyncExternalStore`. Called when what `selector` answers is another value. Returns the unsubscriber. */
  subscribe<T>(selector: (state: State) => T, callback: (selected: T) => void): () => void;
  getSnapshot(): State;
  /** State as it was after that update and all before it in the room's order, as long as it is in the open tail. */
  at(hash: UpdateHash): State | undefined;
  members(): readonly RoomMember[];
  /** Genesis, snapshot and open tail: what a keeper needs. */
  export(): Uint8Array;
  close(): Promise<void>;
}

export interface Rooms {
  /** Makes a room of which this device has all keys. */
  create<State extends Plain, Update extends Plain>(
    options: RoomOptions<State, Update>,
  ): Promise<Room<State, Update>>;
  /** Resolves when the genesis is here and verified. @throws RoomUnavailableError, RoomReducerError, CancelledError */
  open<State extends Plain, Update extends Plain>(
    link: RoomLink | string,
    options: RoomOptions<State, Update>,
  ): Promise<Room<State, Update>>;
  close(): void;
}
