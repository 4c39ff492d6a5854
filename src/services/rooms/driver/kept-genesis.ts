/**
 * What of a room lies on this device's disk, by key: `room/<id>/genesis/b<bytes>` and `room/<id>/base/<checkpoint>/b<bytes>`, the newest
 * checkpoint that is kept with its snapshot, both sealed under a read key that this device has, its keys (kept-keys.ts), and updates and checkpoints after it in pieces,
 * `room/<id>/log/<number>-<writer>/b<bytes>`, sealed as they travel. Without a link to it nobody reads a room there.
 */
import type { Cryptography } from '../../../mesh/index.ts';
import { type DiskRecord, ONLY_COPIES, type Shelf } from '../../disk/index.ts';
import { decodePlain, encodePlain } from '../canonical.ts';
import type { CheckpointHash, RoomId } from '../contract.ts';
import { RoomVersionError } from '../errors.ts';
import { type Genesis, isOfAnotherVersion, readGenesis } from '../genesis.ts';
import type { ReadKeys } from '../keys.ts';
import type { KeptBase } from '../room-events.ts';
import { seal, unseal } from '../seal.ts';

const CONTEXT = new TextEncoder().encode('leafcutter room kept genesis\n');
const BASE = new TextEncoder().encode('leafcutter room kept base\n');

export function keysOfRoom(id: RoomId): {
  readonly all: string;
  readonly genesis: string;
  readonly keys: string;
  readonly base: string;
  readonly log: string;
} {
  const all = `${ONLY_COPIES}${id}/`;
  return { all, genesis: `${all}genesis/`, keys: `${all}keys/`, base: `${all}base/`, log: `${all}log/` };
}

export function genesisRecord(genesis: Genesis, keys: ReadKeys, cryptography: Cryptography): DiskRecord {
  const bytes = seal(keys, genesis.bytes, CONTEXT, cryptography);
  return { key: `${keysOfRoom(genesis.id).genesis}b${bytes.length}`, bytes };
}

/** Undefined where this device does not keep that room, or these are not its keys. @throws RoomVersionError */
export async function keptGenesis(
  shelf: Shelf,
  id: RoomId,
  readable: readonly ReadKeys[],
  cryptography: Cryptography,
): Promise<Genesis | undefined> {
  for (const key of await shelf.keys(keysOfRoom(id).genesis)) {
    const sealed = await shelf.read(key);
    for (const keys of readable) {
      const bytes = sealed && unseal(keys, sealed, CONTEXT);
      const genesis = bytes && readGenesis(id, bytes, cryptography);
      if (genesis) return genesis;
      if (bytes && isOfAnotherVersion(id, bytes, cryptography)) throw new RoomVersionError();
    }
  }
  return undefined;
}

export function baseRecord(
  id: RoomId,
  hash: CheckpointHash,
  { checkpoint, snapshot }: KeptBase,
  keys: ReadKeys,
  cryptography: Cryptography,
): DiskRecord {
  const bytes = seal(keys, encodePlain([checkpoint, snapshot]), BASE, cryptography);
  return { key: `${keysOfRoom(id).base}${hash}/b${bytes.length}`, bytes };
}

/** Undefined where these bytes are none, or are not sealed under these keys. */
export function readBase(sealed: Uint8Array, readable: readonly ReadKeys[]): KeptBase | undefined {
  let bytes: Uint8Array | undefined;
  for (const keys of readable) bytes ??= unseal(keys, sealed, BASE);
  const list = bytes && decodePlain(bytes);
  if (!Array.isArray(list) || list.length !== 2) return undefined;
  const [checkpoint, snapshot]: readonly unknown[] = list;
  const isBase = checkpoint instanceof Uint8Array && snapshot instanceof Uint8Array;
  return isBase ? { checkpoint, snapshot } : undefined;
}
