/**
 * What of a room lies on this device's disk, by key: `room/<id>/genesis/b<bytes>`, sealed under the read key, and its updates in pieces,
 * `room/<id>/log/<number>-<writer>/b<bytes>`, sealed as they travel. Without a link to it nobody reads a room there.
 */
import type { Cryptography } from '../../../mesh/index.ts';
import type { DiskRecord, Shelf } from '../../disk/index.ts';
import type { RoomId } from '../contract.ts';
import { type Genesis, readGenesis } from '../genesis.ts';
import type { ReadKeys } from '../keys.ts';
import { seal, unseal } from '../seal.ts';

const CONTEXT = new TextEncoder().encode('leafcutter room kept genesis\n');

export function keysOfRoom(id: RoomId): {
  readonly all: string;
  readonly genesis: string;
  readonly log: string;
} {
  const all = `room/${id}/`;
  return { all, genesis: `${all}genesis/`, log: `${all}log/` };
}

export function genesisRecord(genesis: Genesis, keys: ReadKeys, cryptography: Cryptography): DiskRecord {
  const bytes = seal(keys, genesis.bytes, CONTEXT, cryptography);
  return { key: `${keysOfRoom(genesis.id).genesis}b${bytes.length}`, bytes };
}

/** Undefined where this device does not keep that room, or these are not its keys. */
export async function keptGenesis(
  shelf: Shelf,
  id: RoomId,
  keys: ReadKeys,
  cryptography: Cryptography,
): Promise<Genesis | undefined> {
  for (const key of await shelf.keys(keysOfRoom(id).genesis)) {
    const sealed = await shelf.read(key);
    const bytes = sealed && unseal(keys, sealed, CONTEXT);
    const genesis = bytes && readGenesis(id, bytes, cryptography);
    if (genesis) return genesis;
  }
  return undefined;
}
