/** What of a room is of the living, as an application holds it: presence and latest channels. */
import type { NodeId } from '../../wire/index.ts';
import type { Plain } from './plain-value.ts';

/** Somebody else in reach who has the room. */
export interface Other {
  readonly node: NodeId;
  /** What it shows of itself: undefined while it shows nothing. */
  readonly presence: Plain | undefined;
}

/** What this Node shows of itself to the others: it is theirs within a moment, and gone with this Node. Readers have one, too. */
export interface Presence {
  readonly value: Plain | undefined;
  /**
   * The newest counts: what changes faster than twenty times a second is skipped. Undefined shows nothing.
   * @throws NotPlainError, RoomTooLargeError (with all latest channels 64 KiB), RoomClosedError
   */
  set(value: Plain | undefined): void;
}

/** What a Node shows under a key. Undefined: nothing any more. */
export interface LatestValue {
  readonly node: NodeId;
  readonly key: string;
  readonly value: Plain | undefined;
}

/**
 * Values that are worth something only as long as they are the newest: cursors, cameras, sliders, prices. The newest of each Node and key
 * arrives, older ones may fall away, none goes back (R8); a Node's are gone with it. Up to 256 keys of each Node, 64 KiB all together.
 */
export interface LatestChannel {
  readonly name: string;
  /**
   * Undefined takes it away.
   * @throws RoomReadOnlyError, NotPlainError, RoomTooLargeError, RoomKeysError (256), RoomClosedError; RangeError for a key that is empty or over 64 characters
   */
  set(key: string, value: Plain | undefined): void;
  get(node: NodeId, key: string): Plain | undefined;
  /** Of all who are here, ourselves included. */
  values(): readonly LatestValue[];
  /** Told of each value that is another, our own at once. Returns the unsubscriber. */
  subscribe(callback: (changed: LatestValue) => void): () => void;
}
