/** What the state of a room (room-state.ts) is made of, and how its parts are tied to each other. */
import type { Cryptography } from '../../mesh/index.ts';
import { toHex } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { Administration, type AdministrationOptions } from './administration.ts';
import { Agreement } from './agreement.ts';
import { Asking } from './asking.ts';
import type { AuthoringOptions } from './authoring.ts';
import { Authors } from './authors.ts';
import { CheckpointCodec, type Shut } from './checkpoint-codec.ts';
import { Congestion } from './congestion.ts';
import type { AuthorId, EpochId } from './contract.ts';
import { Ending } from './ending.ts';
import type { Keyring } from './epochs.ts';
import { Fetching } from './fetching.ts';
import { Following } from './following.ts';
import type { Genesis } from './genesis.ts';
import { Giving } from './giving.ts';
import { History } from './history.ts';
import { Intake } from './intake.ts';
import { Introductions } from './introductions.ts';
import { Peers } from './peers.ts';
import { Refolding } from './refolding.ts';
import type { RoomEffect } from './room-events.ts';
import { Saying } from './saying.ts';
import type { RoomReducer } from './states.ts';
import { Surplus } from './surplus.ts';
import { Syncs } from './syncs.ts';
import { Turning } from './turning.ts';
import { UpdateCodec } from './update.ts';
import { Writes } from './writes.ts';
import { Writing } from './writing.ts';

export interface RoomStateOptions extends AuthoringOptions, AdministrationOptions {
  readonly self: NodeId;
  readonly genesis: Genesis;
  readonly keyring: Keyring;
  /** X25519: new keys are sealed to it. */
  readonly deviceSecret: Uint8Array;
  /** That are kept on this device, by the epoch that each begins. */
  readonly rotations?: Iterable<readonly [EpochId, Uint8Array]>;
  readonly reducer: RoomReducer;
  /** As in `Rooms.keep`. Default: it is not. */
  readonly isPassing?: boolean;
  readonly cryptography: Cryptography;
  /** Default: as much as the state may have, LEAST_HISTORY_BYTES at least. */
  readonly maxHistoryBytes?: number;
}

/** What parts ask of the whole. */
export interface RoomWhole {
  effect(effect: RoomEffect): void;
  /** A rotation gives this device no keys. */
  shut(shut: Shut, from: NodeId): void;
  /** It is no peer any more. */
  parted(node: NodeId): void;
  /** Something has come in. */
  follow(): void;
  /** All are to say what they have. */
  askAll(): void;
  /** Our own reducer does not answer the same again. */
  stop(): void;
}

/** With the state that is twice the cap (R9). Nobody writes above half of it: between lies what was written at the same time. */
const LEAST_HISTORY_BYTES = 1024 * 1024;

export type RoomParts = ReturnType<typeof roomParts>;

export function roomParts(options: RoomStateOptions, whole: RoomWhole) {
  const { genesis, reducer, keyring, cryptography, self, deviceSecret, identity, rotations } = options;
  const { limits, initial } = genesis;
  const { maxBytes } = limits;
  const { effect, shut, parted, follow, askAll, stop } = whole;
  const maxHistoryBytes = options.maxHistoryBytes ?? Math.max(LEAST_HISTORY_BYTES, maxBytes);
  const maxOpenBytes = maxHistoryBytes / 2;
  const codec = new UpdateCodec(keyring, cryptography);
  const checkpoints = new CheckpointCodec(keyring, deviceSecret, cryptography);
  const author = toHex(identity.publicKey) as AuthorId;
  const history = new History({
    ...{ author, reducer, initial, maxBytes, maxHistoryBytes, cryptography, keyring },
  });
  const peers = new Peers();
  const authors = new Authors(cryptography);
  const surplus = new Surplus(limits, cryptography);
  const saying = new Saying(self, peers);
  const fetching = new Fetching(peers);
  const writes = new Writes(history, options.isPassing);
  const introductions = new Introductions({
    ...{ identity, deviceSecret, keyring, codec, checkpoints, authors, cryptography },
  });
  const parts = { history, peers, authors, checkpoints, cryptography, effect, keyring, introductions };
  const turning = new Turning({ ...parts, parted });
  for (const [epoch, bytes] of rotations ?? []) turning.keep(epoch, bytes);
  const administration = new Administration(options, { ...parts, maxOpenBytes });
  const intake = new Intake({
    ...{ ...parts, self, codec, surplus, saying, writes, fetching, maxBytes, maxHistoryBytes, shut },
  });
  const asking = new Asking({ ...parts, fetching, intake });
  const syncs = new Syncs(history, peers, (node) => asking.isBehind(node));
  const writing = new Writing(options, {
    ...{ ...parts, codec, intake, writes, limits, maxOpenBytes, follow },
    isClosing: () => administration.isHere,
  });
  const following = new Following({
    ...{ ...parts, self, saying, administration, writes, syncs, writing, turning, askAll, stop },
  });
  const congestion = new Congestion();
  const refolding = new Refolding(history.fold);
  return {
    ...{ history, peers, authors, introductions, intake, asking, surplus, congestion, following, turning },
    ...{ writing, writes, syncs, saying, refolding, administration },
    giving: new Giving(history),
    agreement: new Agreement(history.fold, cryptography),
    ending: new Ending({ effect, syncs, writes, writing, administration }),
    /** Those that do something when its time has come. */
    timed: [asking, syncs, saying, writing, surplus, administration, congestion, refolding],
  } as const;
}
