/** An open room's log on this device's disk (kept-log.ts), between the state of the room and those who follow it. */
import type { Cryptography } from '../../../mesh/index.ts';
import type { Emitter, Random, Timers } from '../../../runtime/index.ts';
import type { DiskPlace } from '../../disk/index.ts';
import type { RoomDisk, RoomEvents } from '../contract.ts';
import type { Keyring } from '../epochs.ts';
import type { Genesis } from '../genesis.ts';
import type { ReadKeys } from '../keys.ts';
import type { RoomEvent } from '../room-events.ts';
import type { RoomState } from '../room-state.ts';
import { encodeSnapshot } from '../snapshot.ts';
import { baseRecord, genesisRecord, readBase } from './kept-genesis.ts';
import { keysRecords } from './kept-keys.ts';
import { KeptLog } from './kept-log.ts';

export interface KeptRoomOptions {
  readonly genesis: Genesis;
  readonly keyring: Keyring;
  readonly deviceSecret: Uint8Array;
  readonly cryptography: Cryptography;
  readonly random: Random;
  readonly timers: Timers;
}

export interface KeptRoomPort {
  readonly state: RoomState;
  readonly events: Emitter<RoomEvents>;
  handle(event: RoomEvent): void;
}

export function keptRoom(
  place: DiskPlace,
  { genesis, keyring, deviceSecret, cryptography, random, timers }: KeptRoomOptions,
  { state, events, handle }: KeptRoomPort,
): KeptLog {
  // Any of the keys that are kept opens it: they lie there for each link.
  const beginning = genesisRecord(genesis, keyring.current.read, cryptography);
  const readable = (): readonly ReadKeys[] => keyring.held.map(({ read }) => read);
  let said: RoomDisk | undefined;
  const kept: KeptLog = new KeptLog({
    ...{ place, id: genesis.id, random, timers, cryptography },
    head: () => {
      const rotations = state.rotationsAfter(keyring.first.id);
      return [beginning, ...keysRecords(genesis.id, keyring, { deviceSecret, rotations }, cryptography)];
    },
    items: () => state.history.items,
    base: () => {
      const { base } = state.history;
      if (!base) return undefined;
      const { hash, bytes: checkpoint } = base.checkpoint;
      const kept = { checkpoint, snapshot: encodeSnapshot(base) };
      return baseRecord(genesis.id, hash, kept, keyring.current.read, cryptography);
    },
    loaded: (base, items) => handle({ type: 'loaded', base: base && readBase(base, readable()), items }),
    stored: (stored) => handle({ type: 'disk', disk: kept.disk.type, stored }),
    changed: (disk) => {
      handle({ type: 'disk', disk: disk.type, stored: [] });
      // A disk in trouble is tried again and again, and has the same to say.
      if (JSON.stringify(disk) === JSON.stringify(said)) return;
      said = disk;
      events.emit('disk', disk);
    },
  });
  return kept;
}
