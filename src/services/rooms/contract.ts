/**
 * Rooms: shared state that is `reduce(state, update)` over signed updates, the same on every Node, without a host. A room is its genesis:
 * who has another reducer, other limits or another beginning is in another room.
 */
import type { Emitter } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { DeviceId, Grant, RoomId, RoomLink, UpdateHash } from './identifiers.ts';
import type { LatestChannel, Other, Presence } from './latest-contract.ts';
import type { Plain } from './plain-value.ts';
import type {
  RoomDisk,
  RoomEvents,
  RoomFinality,
  RoomPace,
  RoomSync,
  RoomUpdate,
  UpdateMeta,
} from './reports-contract.ts';

export * from './identifiers.ts';
export * from './latest-contract.ts';
export type { Plain } from './plain-value.ts';
export * from './reports-contract.ts';

/**
 * Pure, and the same function on every Node: no clock, randomness, outside state. What it throws, or a result that cannot be encoded or is
 * over the cap, makes the update a no-op for all alike. `state` is frozen.
 */
export interface Reducer<State extends Plain, Update extends Plain> {
  /** Names the function and its version, as `todo-list/2`: part of the genesis. */
  readonly name: string;
  reduce(state: State, update: Update, meta: UpdateMeta): State;
  /**
   * The same for a state that is a map, in place: it costs what an update changes and not what there is. What it has changed before it throws
   * is taken back. `mapReducer` makes both of one function.
   */
  readonly change?: (map: MapDraft, update: Update, meta: UpdateMeta) => void;
}

/** A state that is a map, while an update changes it. */
export interface MapDraft<Value extends Plain = Plain> {
  /** Frozen. */
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
}

/** How much each author may write, on average over a second. */
export interface RoomRate {
  /** From 1 to 1,000,000. Default: 50. */
  readonly updatesPerSecond: number;
  /** Of its updates as they travel, from 1,024 to 1,000,000,000. Default: 256 KiB. */
  readonly bytesPerSecond: number;
}

/** What a room may grow to, and how fast, for good. */
export interface RoomLimits extends RoomRate {
  /** Of the encoded state. At most, and by default, MAX_ROOM_BYTES. */
  readonly maxBytes: number;
}

/** The largest encoded state. */
export const MAX_ROOM_BYTES = 5_000_000;
/** What a room has that was begun without others. */
export const DEFAULT_ROOM_LIMITS: RoomLimits = {
  maxBytes: MAX_ROOM_BYTES,
  updatesPerSecond: 50,
  bytesPerSecond: 256 * 1024,
};
/** Of an encoded update: what does not fit is a Blob's. */
export const MAX_UPDATE_BYTES = 256 * 1024;
/** Updates that one update may name as those it follows. */
export const MAX_PARENTS = 16;

/** What a device brings to a room. */
export interface RoomOptions<State extends Plain, Update extends Plain> {
  readonly reducer: Reducer<State, Update>;
  readonly signal?: AbortSignal;
}

/** How a room begins. */
export interface NewRoomOptions<State extends Plain, Update extends Plain>
  extends RoomOptions<State, Update> {
  readonly initial: State;
  readonly limits?: Partial<RoomLimits>;
  /**
   * 32 bytes that all keys are made from. Whoever begins a room with the same secret, reducer, initial state and limits is in the same room,
   * met or not; nobody is its maker, so nobody makes its checkpoints before `administer()`. Default: drawn, and nobody else's.
   */
  readonly secret?: Uint8Array;
}

/** How a room is looked for. */
export interface LookOptions {
  readonly signal?: AbortSignal;
  /** How long to look for somebody who has the room, ms. Default: until there is somebody. */
  readonly timeoutMs?: number;
  /** Called once when nobody was met for three seconds who has the room by that link. @param why a sentence for people */
  readonly onLooking?: (why: string) => void;
}

/** How a room is opened. */
export interface OpenRoomOptions<State extends Plain, Update extends Plain>
  extends RoomOptions<State, Update>,
    LookOptions {}

/** How a room is opened without its reducer. */
export interface KeepRoomOptions extends LookOptions {
  /**
   * For a moment: this device comes on nobody's list of members, on which it would stay for good, and gets no new keys when somebody is
   * removed meanwhile. What it writes is not done while only this device has it: `update` rejects with RoomLeftError when nobody else is here.
   */
  readonly isPassing?: boolean;
}

/** Links to a room, by what they let one do: from the `#` on, to be put behind the address of a page, or of the signaling server. */
export interface RoomLinks {
  readonly read: RoomLink;
  /** Undefined where this device may not grant it. */
  readonly write: RoomLink | undefined;
  readonly admin: RoomLink | undefined;
}

/** State at a checkpoint. */
export interface RoomBase<State extends Plain = Plain> {
  readonly checkpoint: number;
  /** That came before it. */
  readonly updates: number;
  readonly state: State;
}

/** What the room's id is the hash of, but for its keys. */
export interface RoomBeginning {
  /** The name of its reducer. */
  readonly reducer: string;
  readonly initial: Plain;
  readonly limits: RoomLimits;
}

/** A device that has the room: ourselves first, then who is here, then who is not. */
export interface Member {
  /** The Node that it is, or was last. */
  readonly node: NodeId;
  /** Undefined for a moment, until it has said. */
  readonly device: DeviceId | undefined;
  readonly grant: Grant;
  readonly isSelf: boolean;
  /** In reach. */
  readonly isHere: boolean;
}

/** What this device has written since it opened the room, back and forth. */
export interface RoomHistory {
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /**
   * The room goes on as if this device's newest update that is not undone had not been written. Resolves as `update` does.
   * @throws RoomUndoError where there is none, or a checkpoint has closed it; and what `update` throws
   */
  undo(options?: { readonly signal?: AbortSignal }): Promise<UpdateHash>;
  /** Takes the last `undo` back. @throws as `undo` */
  redo(options?: { readonly signal?: AbortSignal }): Promise<UpdateHash>;
}

/** Replicated state: the reducer over all updates, the same for whoever has the same ones. */
export interface Room<State extends Plain, Update extends Plain> {
  readonly id: RoomId;
  readonly state: State;
  /** Lower-case hex of the SHA-256 of the encoded state. Made when it is asked for: it costs a walk over the state. */
  readonly stateHash: string;
  /** The newest updates that no other names as a parent. */
  readonly heads: readonly UpdateHash[];
  readonly sync: RoomSync;
  /** `update` waits for its turn at that. */
  readonly pace: RoomPace;
  /** Up to where its order, and so its state, does not change any more. */
  readonly finality: RoomFinality;
  /** What `updates()` begin on, where they do not begin with the room: what was closed before is not kept. */
  readonly base: RoomBase<State> | undefined;
  readonly disk: RoomDisk;
  readonly isClosed: boolean;
  readonly events: Emitter<RoomEvents>;
  /** Others after somebody was removed. */
  readonly links: RoomLinks;
  /**
   * Resolves when all that every member in reach had when asked is here. Who leaves or does not answer within 10 s is not waited for.
   * @throws CancelledError, RoomClosedError, RoomStoppedError
   */
  synced(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /**
   * Applies here at once, or, where this Node has written faster than the room's rate allows, in its turn. Resolves when another Node has it,
   * or, while nobody else in reach has the room, when this device has stored it (at once where it stores nothing, or cannot: `disk`; where another tab keeps the room, when that one has it or has gone). Aborting withdraws what waits for its turn; what is applied
   * stays, and only the wait ends.
   * @throws RoomReadOnlyError, RoomTooLargeError, RoomTooFastError, RoomFullError and NotPlainError (before it leaves), whatever the
   * reducer throws (as well), RoomOvertakenError (it has left, and does nothing: others came before it; known later, `events.overtaken`), CancelledError, RoomClosedError, RoomStoppedError
   */
  update(update: Update, options?: { readonly signal?: AbortSignal }): Promise<UpdateHash>;
  /**
   * Fits signals and `useSyncExternalStore`. Called with what `selector` answers, when that is another value than before. Returns the
   * unsubscriber.
   */
  subscribe<T>(selector: (state: State) => T, callback: (selected: T) => void): () => void;
  getSnapshot(): State;
  readonly beginning: RoomBeginning;
  /** Those that are here, in the room's order, those that do nothing among them. A fresh list each time. */
  updates(): readonly RoomUpdate[];
  /** State as it was after that update, which no checkpoint has closed, and all before it in the room's order. */
  at(hash: UpdateHash): State | undefined;
  readonly members: readonly Member[];
  /** The newest that another member is known to have; undefined while it has said nothing. */
  headsOf(node: NodeId): readonly UpdateHash[] | undefined;
  /**
   * Takes a device out of the room: the others get new keys, and `links` are others from then on. What it writes after this counts nowhere, and what the others write it cannot read; what it
   * had, it keeps. Who comes with an older link, and is no member yet, needs a new one. Resolves when that is so here; this device makes the
   * checkpoints for that (`administer`).
   * @throws RoomNotAdminError, RoomMemberError (ourselves, or nobody of this room), CancelledError, RoomClosedError, RoomStoppedError
   */
  boot(member: Pick<Member, 'device' | 'node'>, options?: { readonly signal?: AbortSignal }): Promise<void>;
  readonly history: RoomHistory;
  /**
   * From now on this device makes the checkpoints. Whoever does is asked for it; where that device is not in reach, or does not answer for 10 s,
   * the role is taken: `finality.breaks` shows it to everybody, for good. Who makes a room has the role.
   * @throws RoomNotAdminError, RoomClosedError
   */
  administer(): void;
  /** What this Node shows of itself. */
  readonly presence: Presence;
  /** Who else is here, and what each shows: the same list until `events.others`. Who dies is gone when the mesh notices, who rests stays. */
  readonly others: readonly Other[];
  /** @throws RangeError for a name that is empty or over 64 characters */
  latest(name: string): LatestChannel;
  /**
   * Says something to whoever is here now (`events.broadcast`): it is no part of the state, and nobody gets it later.
   * @throws RoomReadOnlyError, RoomTooFastError (the rate of the room), RoomTooLargeError (64 KiB), NotPlainError, RoomClosedError
   */
  broadcast(event: Plain): void;
  /**
   * Says something to one who is here (`events.message`), readers included: in order, once, and not at all when its path ends before. It is no part
   * of the state. Resolves when it has left.
   * @throws NotPlainError, RoomClosedError, and what the mesh throws: it is gone, or the message is larger than 16 MiB
   */
  send(to: NodeId, message: Plain): Promise<void>;
  /** The others know at once; what is pending is rejected. Idempotent. */
  close(): void;
}

/** A room without its reducer: what a keeper has. It gives what it has to all, and says nothing about the state. */
export type KeptRoom = Omit<
  Room<Plain, Plain>,
  'state' | 'stateHash' | 'getSnapshot' | 'subscribe' | 'at' | 'history'
>;

/** The rooms of a mesh. */
export interface Rooms {
  /** Makes a room of which this device has all keys. @throws NotPlainError, RoomTooLargeError, RoomClosedError; RoomOpenError, RangeError for `secret` */
  create<State extends Plain, Update extends Plain>(
    options: NewRoomOptions<State, Update>,
  ): Promise<Room<State, Update>>;
  /**
   * Resolves when the genesis is here and verified, at once where this device keeps the room, with what it keeps; updates follow
   * (`room.synced()`).
   * @throws RoomLinkError, RoomOpenError, RoomUnavailableError, RoomReducerError, CancelledError, RoomClosedError
   */
  open<State extends Plain, Update extends Plain>(
    link: RoomLink | string,
    options: OpenRoomOptions<State, Update>,
  ): Promise<Room<State, Update>>;
  /**
   * Opens a room whose reducer is not here, to keep it or to look into it. What is written so is no-op where the reducer cannot take it.
   * @throws RoomLinkError, RoomOpenError, RoomUnavailableError, CancelledError, RoomClosedError
   */
  keep(link: RoomLink | string, options?: KeepRoomOptions): Promise<KeptRoom>;
  /** Removes what this device keeps of a room that is not open here: what nobody else has is lost. @throws RoomLinkError, RoomOpenError */
  forget(link: RoomLink | string): Promise<void>;
  close(): void;
}
