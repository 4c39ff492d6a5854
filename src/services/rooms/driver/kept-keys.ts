/**
 * A room's keys on this device's disk: the secret by which it is known to the room, the keys that it has been given, and the rotations for
 * others who come back. Once for each of the epochs, sealed under that one's read key, so that any link that ever opened the room here still
 * does, and nobody reads it without one.
 */
import type { Cryptography } from '../../../mesh/index.ts';
import type { DiskRecord, Shelf } from '../../disk/index.ts';
import { decodePlain, encodePlain } from '../canonical.ts';
import type { EpochId, Plain, RoomId } from '../contract.ts';
import { bytesIn, decodeLine, encodeLine, Keyring, type Succession } from '../epochs.ts';
import type { Genesis } from '../genesis.ts';
import { keysOf, type ReadKeys, ROOM_SECRET_BYTES, type RoomKeys } from '../keys.ts';
import { rankOf } from '../members.ts';
import { seal, unseal } from '../seal.ts';
import { keysOfRoom } from './kept-genesis.ts';

export interface KeptKeys {
  readonly deviceSecret: Uint8Array;
  readonly line: readonly Succession[];
  /** Of each epoch, the first one's in front; undefined: from before this device came. */
  readonly secrets: readonly (RoomKeys | undefined)[];
  readonly rotations: readonly Uint8Array[];
}

const CONTEXT = new TextEncoder().encode('leafcutter room kept keys\n');
const GRANTS = ['read', 'write', 'admin'] as const;

export function keysRecords(
  id: RoomId,
  keyring: Keyring,
  { deviceSecret, rotations }: Pick<KeptKeys, 'deviceSecret' | 'rotations'>,
  cryptography: Cryptography,
): readonly DiskRecord[] {
  const held = keyring
    .idsUpTo(keyring.current.id)
    .map((epoch) => keyring.held.find((one) => one.id === epoch));
  const secrets = held.map((epoch) => (epoch ? [rankOf(epoch.secrets.grant), epoch.secrets.secret] : []));
  const line = encodeLine(keyring.lineOf(keyring.current.id));
  const plain = encodePlain([deviceSecret, line, secrets, rotations]);
  return held.flatMap((epoch) => {
    if (!epoch) return [];
    const bytes = seal(epoch.read, plain, CONTEXT, cryptography);
    return [{ key: `${keysOfRoom(id).keys}${epoch.id}/b${bytes.length}`, bytes }];
  });
}

/** Undefined where this device does not keep them, or not for that link. */
export async function keptKeys(
  shelf: Shelf,
  id: RoomId,
  keys: ReadKeys,
  cryptography: Cryptography,
): Promise<KeptKeys | undefined> {
  let newest: KeptKeys | undefined;
  for (const key of await shelf.keys(keysOfRoom(id).keys)) {
    const sealed = await shelf.read(key);
    const bytes = sealed && unseal(keys, sealed, CONTEXT);
    const kept = bytes && decode(bytes, cryptography);
    if (kept && kept.line.length >= (newest?.line.length ?? 0)) newest = kept;
  }
  return newest;
}

/** Undefined where they are not the room's. */
export function keyringOf(
  genesis: Genesis,
  { line, secrets }: KeptKeys,
  cryptography: Cryptography,
): Keyring | undefined {
  const last = secrets.at(-1);
  if (!last || secrets.length !== line.length + 1) return undefined;
  try {
    const keyring = new Keyring(genesis, last, cryptography, line);
    for (const [i, epoch] of keyring.idsUpTo(keyring.current.id).entries()) {
      const [known, own] = [keyring.get(epoch), secrets[i]];
      if (known && own) keyring.hold(known, own);
    }
    return keyring;
  } catch {
    return undefined; // they do not follow from each other
  }
}

/** Rotations by the epoch that each begins: the last ones of the line. */
export function rotationsOf(
  keyring: Keyring,
  rotations: readonly Uint8Array[],
): readonly (readonly [EpochId, Uint8Array])[] {
  const ids = keyring.idsUpTo(keyring.current.id).slice(-rotations.length);
  return rotations.flatMap((bytes, i) => (ids[i] === undefined ? [] : [[ids[i], bytes] as const]));
}

function decode(bytes: Uint8Array, cryptography: Cryptography): KeptKeys | undefined {
  const list = decodePlain(bytes);
  if (!Array.isArray(list) || list.length !== 4) return undefined;
  const [deviceSecret, listed, given, after]: readonly Plain[] = list;
  const line = decodeLine(listed);
  const rotations = bytesIn(after);
  if (!(deviceSecret instanceof Uint8Array) || !line || !rotations || !Array.isArray(given)) return undefined;
  const secrets = (given as readonly Plain[]).map((one) => secretOf(one, cryptography));
  return { deviceSecret, line, rotations, secrets };
}

function secretOf(one: Plain, cryptography: Cryptography): RoomKeys | undefined {
  if (!Array.isArray(one) || one.length !== 2) return undefined;
  const [rank, secret]: readonly Plain[] = one;
  const grant = typeof rank === 'number' ? GRANTS[rank] : undefined;
  if (!grant || !(secret instanceof Uint8Array) || secret.length !== ROOM_SECRET_BYTES) return undefined;
  return keysOf(grant, secret, cryptography);
}
