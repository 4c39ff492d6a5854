/**
 * New keys for whoever stays: each device's own, sealed to its X25519 key with one that was made for this rotation, and found by a tag that
 * nobody else can make. Who is not given any learns that, and nothing about the others but how many they are.
 */
import type { Cryptography } from '../../mesh/index.ts';
import { concatBytes, equalBytes, fromHex } from '../../runtime/index.ts';
import { keysOf, lowered, ROOM_SECRET_BYTES, type RoomKeys } from './keys.ts';
import { MAX_MEMBERS, type MemberEntry, rankOf } from './members.ts';
import { SEAL_BYTES, seal, unseal } from './seal.ts';

export interface HandOut {
  /** X25519, made for this rotation. */
  readonly key: Uint8Array;
  readonly entries: Uint8Array;
}

const TAG_BYTES = 8;
const ENTRY_BYTES = TAG_BYTES + 1 + ROOM_SECRET_BYTES + SEAL_BYTES;
const GRANTS = ['read', 'write', 'admin'] as const;
const label = (text: string): Uint8Array => new TextEncoder().encode(`leafcutter room hand-out ${text}\n`);
const ONCE = label('once');
const TAG = label('tag');
const SEALING = label('seal');
const NONCE = label('nonce');

/** @param keys all of the new ones; @param context of the rotation */
export function handOut(
  members: Iterable<MemberEntry>,
  keys: RoomKeys,
  context: Uint8Array,
  cryptography: Cryptography,
): HandOut {
  const secret = cryptography.hmac(keys.secret, ONCE);
  const entries: Uint8Array[] = [];
  for (const { device, grant } of members) {
    const shared = cryptography.agree(secret, fromHex(device));
    const given = lowered(keys, grant);
    if (!shared || !given) continue;
    const plain = concatBytes(Uint8Array.of(rankOf(grant)), given);
    const sealed = seal(keysFor(shared, context, cryptography), plain, context, cryptography);
    entries.push(concatBytes(tagOf(shared, context, cryptography), sealed));
  }
  return { key: cryptography.agreementKey(secret), entries: concatBytes(...entries) };
}

/** What that device is given; undefined: nothing. Never throws. */
export function findIn(
  { key, entries }: HandOut,
  deviceSecret: Uint8Array,
  context: Uint8Array,
  cryptography: Cryptography,
): RoomKeys | undefined {
  if (entries.length % ENTRY_BYTES !== 0 || entries.length > MAX_MEMBERS * ENTRY_BYTES) return undefined;
  const shared = cryptography.agree(deviceSecret, key);
  if (!shared) return undefined;
  const tag = tagOf(shared, context, cryptography);
  for (let at = 0; at < entries.length; at += ENTRY_BYTES) {
    if (!equalBytes(entries.subarray(at, at + TAG_BYTES), tag)) continue;
    const sealed = entries.subarray(at + TAG_BYTES, at + ENTRY_BYTES);
    const plain = unseal(keysFor(shared, context, cryptography), sealed, context);
    const grant = plain && GRANTS[plain[0] ?? GRANTS.length];
    return grant && keysOf(grant, plain.slice(1), cryptography); // undefined: somebody else's
  }
  return undefined;
}

function keysFor(shared: Uint8Array, context: Uint8Array, { hmac }: Pick<Cryptography, 'hmac'>) {
  return {
    sealing: hmac(shared, concatBytes(SEALING, context)),
    nonce: hmac(shared, concatBytes(NONCE, context)),
  };
}

function tagOf(shared: Uint8Array, context: Uint8Array, { hmac }: Cryptography): Uint8Array {
  return hmac(shared, concatBytes(TAG, context)).slice(0, TAG_BYTES);
}
