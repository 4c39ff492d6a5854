/**
 * What one Node says of itself: who it is in its present life, and which Links it holds. Only its owner can write it (it is
 * signed), so two Nodes never change the same record and any two copies have an order: life, version, and for a broken
 * owner the bytes of the signature. Keeping the greater one is a join of a semilattice; whatever the order of arrival,
 * duplicates and losses, all copies converge to the owner's last word.
 *
 * The bytes (integers big-endian; docs/protocol.md has a golden vector):
 *
 *   0  u8   1: a farewell (without neighbours); else 0      1  u48  life        7  u32  version
 *  11  32B  Ed25519 public key, from which the id follows  43  32B  X25519 agreement key of this life
 *  75  u16  length of the attributes, then they
 *      u8   number of neighbours, then for each its id (16B) and a round-trip class (u8), sorted by id
 *      64B  Ed25519 signature over the label and all that stands before it
 */
import type { NodeId } from '../../wire/index.ts';
import { MAX_ATTRIBUTE_BYTES } from '../contract.ts';
import { type PeerIdentity, SIGNATURE_BYTES } from '../identity/identity.ts';

/** Above the degree cap of 12, so that a Node in transition still fits. */
export const MAX_RECORD_NEIGHBOURS = 16;
/** Everything but attributes and neighbours. */
export const MIN_RECORD_BYTES = 75 + 2 + 1 + SIGNATURE_BYTES;
export const NEIGHBOUR_BYTES = 17;
/** 926: a farewell or announcement with the longest record fits its frame four times. */
export const MAX_RECORD_BYTES =
  MIN_RECORD_BYTES + MAX_ATTRIBUTE_BYTES + MAX_RECORD_NEIGHBOURS * NEIGHBOUR_BYTES;
export const MAX_VERSION = 0xffff_ffff;

/** Immutable, verified, and shared by whoever holds it (record-cache.ts). */
export interface NodeRecord extends PeerIdentity {
  /** Raised with every change within a life. */
  readonly version: number;
  /** A tombstone: the owner said farewell. */
  readonly hasLeft: boolean;
  /** msgpack, opaque here. The same object while the record is the same. */
  readonly attributes: Uint8Array;
  /** The Links it says it holds, sorted by id. */
  readonly neighbours: readonly NodeId[];
  /** First four bytes of each, as signed numbers, in the same order: compared at once, where two texts take a walk. */
  readonly neighbourKeys: Int32Array;
  /** Of each neighbour, in the same order (round-trip-class.ts). */
  readonly rttClasses: Uint8Array;
  /** As its owner wrote them: passed on as they are. */
  readonly bytes: Uint8Array;
  /** First four bytes of the signature: orders two records that a broken owner gave the same version. */
  readonly tie: number;
  /** 64 bits of the signature mixed, as two u32: what digests add up. */
  readonly hashLow: number;
  readonly hashHigh: number;
  /** First four bytes of the owner's id, as a signed number: names it in offers, is compared first, and tells its digest. */
  readonly ownerKey: number;
}

/** Where a record stands, without its content. */
export interface Stamp {
  readonly life: number;
  readonly version: number;
  readonly tie: number;
}

/** What `ownerKey` is of the records of this Node. Asked with every look at the graph: without an allocation. */
export function ownerKeyOf(id: NodeId): number {
  let key = 0;
  for (let i = 0; i < 8; i++) {
    const code = id.charCodeAt(i);
    key = (key << 4) | (code < 0x3a ? code - 0x30 : code - 0x57); // 0-9 or a-f
  }
  return key;
}

/** Where this record lists that Node among its neighbours, -1 when it does not. `key`: the Node's `ownerKey`. */
export function neighbourIndex({ neighbours, neighbourKeys }: NodeRecord, id: NodeId, key: number): number {
  for (let i = 0; i < neighbourKeys.length; i++)
    if (neighbourKeys[i] === key && neighbours[i] === id) return i;
  return -1;
}

/** Negative when `a` is older than `b`, 0 when they are the same, positive when `a` is newer. */
export function compareStamps(a: Stamp, b: Stamp): number {
  return a.life - b.life || a.version - b.version || a.tie - b.tie;
}

/** Of two neighbours that two records list, which id comes first. Keys are the beginnings of the ids. */
export function compareNeighbours(
  a: NodeRecord | undefined,
  i: number,
  b: NodeRecord | undefined,
  j: number,
): number {
  const keyA = (a?.neighbourKeys[i] ?? 0) >>> 0;
  const keyB = (b?.neighbourKeys[j] ?? 0) >>> 0;
  if (keyA !== keyB) return keyA - keyB;
  const idA = a?.neighbours[i] ?? '';
  const idB = b?.neighbours[j] ?? '';
  return idA === idB ? 0 : idA < idB ? -1 : 1;
}
