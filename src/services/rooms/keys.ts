/**
 * Who may what. One secret opens each door, and the higher ones open the lower: the read key is derived from the write secret, and that
 * from the admin's. Contents are sealed under the read key; the write secret makes writers (update.ts); the admin's is for checkpoints.
 */
import type { Cryptography } from '../../mesh/index.ts';
import { concatBytes } from '../../runtime/index.ts';
import { type NodeId, nodeIdToBytes } from '../../wire/index.ts';
import type { Grant } from './contract.ts';

export const ROOM_SECRET_BYTES = 32;
/** Of the mark by which members know a message of their room. Two rooms of one Node share one in 2^64. */
export const MARK_BYTES = 8;

const label = (text: string): Uint8Array => new TextEncoder().encode(`leafcutter room ${text}\n`);
const WRITE = label('write');
const READ = label('read');
const SEALING = label('sealing');
const NONCE = label('nonce');
const MARK = label('mark');

/** A room's secrets as a link grants them. */
export interface RoomKeys {
  readonly grant: Grant;
  /** Those that this link carries: the highest of the three, from which the others follow. */
  readonly secret: Uint8Array;
  readonly readKey: Uint8Array;
  /** Ed25519 seed. */
  readonly writeSecret: Uint8Array | undefined;
  /** Ed25519 seed. */
  readonly adminSecret: Uint8Array | undefined;
}

export function keysOf(grant: Grant, secret: Uint8Array, { hmac }: Pick<Cryptography, 'hmac'>): RoomKeys {
  const adminSecret = grant === 'admin' ? secret : undefined;
  const writeSecret = adminSecret ? hmac(adminSecret, WRITE) : grant === 'write' ? secret : undefined;
  const readKey = writeSecret ? hmac(writeSecret, READ) : secret;
  return { grant, secret, readKey, writeSecret, adminSecret };
}

/** The keys of a lower grant; undefined where these do not reach so far. */
export function lowered(keys: RoomKeys, grant: Grant): Uint8Array | undefined {
  switch (grant) {
    case 'read':
      return keys.readKey;
    case 'write':
      return keys.writeSecret;
    case 'admin':
      return keys.adminSecret;
  }
}

/** What follows from the read key: one for each purpose. */
export interface ReadKeys {
  readonly sealing: Uint8Array;
  readonly nonce: Uint8Array;
  readonly mark: Uint8Array;
}

export function readKeysOf(readKey: Uint8Array, { hmac }: Pick<Cryptography, 'hmac'>): ReadKeys {
  return { sealing: hmac(readKey, SEALING), nonce: hmac(readKey, NONCE), mark: hmac(readKey, MARK) };
}

/**
 * What a Node puts in front of its messages about a room: another for each Node, so that it tells who shares the room to nobody who
 * cannot read it.
 */
export function markOf({ mark }: ReadKeys, sender: NodeId, { hmac }: Pick<Cryptography, 'hmac'>): Uint8Array {
  return hmac(mark, concatBytes(MARK, nodeIdToBytes(sender))).slice(0, MARK_BYTES);
}
