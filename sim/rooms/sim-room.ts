/** A room on one of the simulated Nodes, and what a simulation notes of it. */
import type { Identity } from '../../src/mesh/index.ts';
import type { Keyring } from '../../src/services/rooms/epochs.ts';
import type { RoomState } from '../../src/services/rooms/room-state.ts';
import type { Undoing } from '../../src/services/rooms/undoing.ts';
import type { NodeId } from '../../src/wire/index.ts';
import type { Life } from '../lives.ts';

export interface SimRoom extends Life {
  readonly identity: Identity;
  readonly state: RoomState;
  /** Whom it is connected to. */
  readonly links: Set<NodeId>;
  /** Writes and syncs that have not settled, by token; what each is, for people. */
  readonly pending: Map<number, string>;
  /** Who was blamed, and for what last. */
  readonly blamed: Map<NodeId, string>;
  /** Whom it held back, and who says that it is held back itself. */
  readonly heldBack: Set<NodeId>;
  /** What it has written, back and forth. */
  readonly undoing: Undoing;
  /** Hashes of updates that were in. */
  readonly had: Set<string>;
  /** Those that are final, in order. */
  final: readonly string[];
  /** What was final is not, since then: it said so. */
  isBroken: boolean;
  /** It has no reducer: its state means nothing. */
  readonly isBlind: boolean;
  readonly keyring: Keyring;
  readonly deviceSecret: Uint8Array;
  /** It was taken out, and has been told. */
  isRemoved: boolean;
}
