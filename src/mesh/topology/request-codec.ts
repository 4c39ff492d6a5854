/**
 * Bodies of `network_state_request`: what the asker has, in three grains, and what it wants. Fixed layouts, big-endian.
 *
 *   1 digest, 2 welcome   u16 Nodes in reach (65,535: as many or more), u64 digest
 *   3 buckets             64 x u32; 0 is an empty bucket
 *   4 stamps              u64 mask of buckets (bit 0 is bucket 0), then id (16B), life (u48), version (u32), tie (u32) of
 *                         every record in these buckets
 *   5 want                ids (16B each)
 *   6 offer               of each record that the sender has passed on: first four bytes of the owner's id, last two of the
 *                         life, version (u32)
 *   7 fetch               of each record that the receiver has offered: first four bytes of the owner's id
 */
import {
  MAX_BODY_BYTES,
  NODE_ID_BYTES,
  type NodeId,
  nodeIdFromBytes,
  read16,
  read32,
  read48,
  write16,
  write32,
  write48,
  writeNodeId,
} from '../../wire/index.ts';
import { BUCKETS, type Digest } from './digest.ts';
import type { NodeRecord, Stamp } from './record.ts';

export type StateRequest =
  | { readonly type: 'digest' | 'welcome'; readonly count: number; readonly digest: Digest }
  | { readonly type: 'buckets'; readonly buckets: Uint32Array }
  | { readonly type: 'stamps'; readonly mask: BucketMask; readonly stamps: Map<NodeId, Stamp> }
  | { readonly type: 'want'; readonly ids: readonly NodeId[] }
  | { readonly type: 'offer'; readonly offers: readonly Offer[] }
  | { readonly type: 'fetch'; readonly owners: readonly number[] };

/** A record in ten bytes: not who its owner is, but which of those known. */
export interface Offer {
  /** First four bytes of the owner's id, as a signed number: small integers are fast keys. */
  readonly owner: number;
  /** The life modulo 2^16. */
  readonly life: number;
  readonly version: number;
}

/** One entry a bucket: whether it is meant. */
export type BucketMask = readonly boolean[];

const DIGEST = 1;
const WELCOME = 2;
const KIND_BUCKETS = 3;
const STAMPS = 4;
const WANT = 5;
const OFFER = 6;
const FETCH = 7;
const DIGEST_BYTES = 11;
const STAMPS_AT = 1 + BUCKETS / 8;
const STAMP_BYTES = NODE_ID_BYTES + 14;
/** 2,320: half a full table; what does not fit is found the next time. */
export const MAX_STAMPS = Math.floor((MAX_BODY_BYTES - STAMPS_AT) / STAMP_BYTES);
export const MAX_WANTED = Math.floor((MAX_BODY_BYTES - 1) / NODE_ID_BYTES);
const OFFER_BYTES = 10;
const FETCH_BYTES = 4;
/** Of one offer or fetch: more than pass in a second where a thousand Nodes join. */
export const MAX_OFFERED = 1024;

export function encodeDigest(type: 'digest' | 'welcome', count: number, digest: Digest): Uint8Array {
  const bytes = new Uint8Array(DIGEST_BYTES);
  bytes[0] = type === 'digest' ? DIGEST : WELCOME;
  write16(bytes, 1, Math.min(count, 0xffff));
  write32(bytes, 3, digest.high);
  write32(bytes, 7, digest.low);
  return bytes;
}

export function encodeBuckets(buckets: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(1 + 4 * BUCKETS);
  bytes[0] = KIND_BUCKETS;
  for (let i = 0; i < BUCKETS; i++) write32(bytes, 1 + 4 * i, buckets[i] ?? 0);
  return bytes;
}

/** At most MAX_STAMPS records. */
export function encodeStamps(mask: BucketMask, records: readonly NodeRecord[]): Uint8Array {
  const bytes = new Uint8Array(STAMPS_AT + records.length * STAMP_BYTES);
  bytes[0] = STAMPS;
  for (let i = 0; i < BUCKETS; i++) {
    const at = 1 + ((BUCKETS - 1 - i) >> 3);
    if (mask[i]) bytes[at] = (bytes[at] ?? 0) | (1 << (i & 7));
  }
  let at = STAMPS_AT;
  for (const { id, life, version, tie } of records) {
    writeNodeId(id, bytes, at);
    write48(bytes, at + 16, life);
    write32(bytes, at + 22, version);
    write32(bytes, at + 26, tie);
    at += STAMP_BYTES;
  }
  return bytes;
}

/** At most MAX_WANTED ids. */
export function encodeWant(ids: readonly NodeId[]): Uint8Array {
  const bytes = new Uint8Array(1 + ids.length * NODE_ID_BYTES);
  bytes[0] = WANT;
  let at = 1;
  for (const id of ids) {
    writeNodeId(id, bytes, at);
    at += NODE_ID_BYTES;
  }
  return bytes;
}

/** At most MAX_OFFERED. */
export function encodeOffers(offers: readonly Offer[]): Uint8Array {
  const bytes = new Uint8Array(1 + OFFER_BYTES * offers.length);
  bytes[0] = OFFER;
  let at = 1;
  for (const { owner, life, version } of offers) {
    write32(bytes, at, owner);
    write16(bytes, at + 4, life);
    write32(bytes, at + 6, version);
    at += OFFER_BYTES;
  }
  return bytes;
}

/** At most MAX_OFFERED. */
export function encodeFetch(owners: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(1 + FETCH_BYTES * owners.length);
  bytes[0] = FETCH;
  let at = 1;
  for (const owner of owners) {
    write32(bytes, at, owner);
    at += FETCH_BYTES;
  }
  return bytes;
}

/** Undefined when the body has no such form. Never throws. */
export function parseRequest(body: Uint8Array): StateRequest | undefined {
  switch (body[0]) {
    case DIGEST:
    case WELCOME: {
      if (body.length !== DIGEST_BYTES) return undefined;
      const digest = { high: read32(body, 3), low: read32(body, 7) };
      return { type: body[0] === DIGEST ? 'digest' : 'welcome', count: read16(body, 1), digest };
    }
    case KIND_BUCKETS: {
      if (body.length !== 1 + 4 * BUCKETS) return undefined;
      const buckets = Uint32Array.from({ length: BUCKETS }, (_, i) => read32(body, 1 + 4 * i));
      return { type: 'buckets', buckets };
    }
    case STAMPS: {
      if (body.length < STAMPS_AT || (body.length - STAMPS_AT) % STAMP_BYTES !== 0) return undefined;
      return { type: 'stamps', mask: readMask(body), stamps: readStamps(body) };
    }
    case WANT: {
      if ((body.length - 1) % NODE_ID_BYTES !== 0) return undefined;
      const ids: NodeId[] = [];
      for (let at = 1; at < body.length; at += NODE_ID_BYTES) ids.push(nodeIdFromBytes(body, at));
      return { type: 'want', ids };
    }
    case OFFER: {
      if (!isListOf(body, OFFER_BYTES)) return undefined;
      const offers: Offer[] = [];
      for (let at = 1; at < body.length; at += OFFER_BYTES) {
        offers.push({
          owner: read32(body, at) | 0,
          life: read16(body, at + 4),
          version: read32(body, at + 6),
        });
      }
      return { type: 'offer', offers };
    }
    case FETCH: {
      if (!isListOf(body, FETCH_BYTES)) return undefined;
      const owners: number[] = [];
      for (let at = 1; at < body.length; at += FETCH_BYTES) owners.push(read32(body, at) | 0);
      return { type: 'fetch', owners };
    }
    default:
      return undefined;
  }
}

function isListOf({ length }: Uint8Array, entryBytes: number): boolean {
  return length > 1 && (length - 1) % entryBytes === 0 && length <= 1 + entryBytes * MAX_OFFERED;
}

function readMask(body: Uint8Array): BucketMask {
  return Array.from({ length: BUCKETS }, (_, i) => {
    const byte = body[1 + ((BUCKETS - 1 - i) >> 3)] ?? 0;
    return (byte & (1 << (i & 7))) !== 0;
  });
}

function readStamps(body: Uint8Array): Map<NodeId, Stamp> {
  const stamps = new Map<NodeId, Stamp>();
  for (let at = STAMPS_AT; at < body.length; at += STAMP_BYTES) {
    stamps.set(nodeIdFromBytes(body, at), {
      life: read48(body, at + 16),
      version: read32(body, at + 22),
      tie: read32(body, at + 26),
    });
  }
  return stamps;
}
