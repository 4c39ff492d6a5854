/** An open room's log on this device's disk (kept-log.ts), between the state of the room and those who follow it. */
import type { Cryptography } from '../../../mesh/index.ts';
import type { Emitter, Random, Timers } from '../../../runtime/index.ts';
import type { DiskPlace } from '../../disk/index.ts';
import type { RoomEvents } from '../contract.ts';
import type { Genesis } from '../genesis.ts';
import type { ReadKeys } from '../keys.ts';
import type { RoomEvent } from '../room-events.ts';
import type { RoomState } from '../room-state.ts';
import { encodeSnapshot } from '../snapshot.ts';
import { baseRecord, genesisRecord, readBase } from './kept-genesis.ts';
import { KeptLog } from './kept-log.ts';

export interface KeptRoomOptions {
  readonly genesis: Genesis;
  readonly keys: ReadKeys;
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
  { genesis, keys, cryptography, random, timers }: KeptRoomOptions,
  { state, events, handle }: KeptRoomPort,
): KeptLog {
  const kept: KeptLog = new KeptLog({
    ...{ place, id: genesis.id, random, timers, cryptography },
    genesis: genesisRecord(genesis, keys, cryptography),
    items: () => state.history.items,
    base: () => {
      const { base } = state.history;
      if (!base) return undefined;
      const { hash, bytes: checkpoint } = base.checkpoint;
      return baseRecord(genesis.id, hash, { checkpoint, snapshot: encodeSnapshot(base) }, keys, cryptography);
    },
    loaded: (base, items) => handle({ type: 'loaded', base: base && readBase(base, keys), items }),
    stored: (stored) => handle({ type: 'disk', isKeeping: kept.isKeeping, stored }),
    changed: (disk) => {
      handle({ type: 'disk', isKeeping: kept.isKeeping, stored: [] });
      events.emit('disk', disk);
    },
  });
  return kept;
}
