/**
 * Records from bytes and to bytes (the layout is in record.ts). Everything of the network passes `isRecordShaped` first:
 * after it, every length is inside the bytes and every field in its range. Signatures are somebody else's (record-reader.ts).
 */
import { concatBytes } from '../../runtime/index.ts';
import {
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
import { MAX_ATTRIBUTE_BYTES } from '../contract.ts';
import type { Cryptography } from '../identity/cryptography.ts';
import { type OwnLife, PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from '../identity/identity.ts';
import {
  MAX_RECORD_BYTES,
  MAX_RECORD_NEIGHBOURS,
  MIN_RECORD_BYTES,
  NEIGHBOUR_BYTES,
  type NodeRecord,
  ownerKeyOf,
  type Stamp,
} from './record.ts';
import { MAX_CLASS } from './round-trip-class.ts';

const LABEL = new TextEncoder().encode('leafcutter record\n');
const FAREWELL = 1;
const LIFE_AT = 1;
const VERSION_AT = 7;
const PUBLIC_KEY_AT = 11;
const AGREEMENT_KEY_AT = 43;
const ATTRIBUTES_AT = 75;

/** What its owner writes into a record. */
export interface RecordFields {
  readonly version: number;
  readonly hasLeft: boolean;
  readonly attributes: Uint8Array;
  /** Round-trip class of each Link, at most MAX_RECORD_NEIGHBOURS. */
  readonly neighbours: ReadonlyMap<NodeId, number>;
}

/** Writes our own record and signs it for one Network. @param nameHash of `networkNameHash` */
export function sealRecord(
  own: OwnLife,
  fields: RecordFields,
  nameHash: Uint8Array,
  cryptography: Pick<Cryptography, 'sign'>,
): NodeRecord {
  const { attributes, neighbours, hasLeft, version } = fields;
  const unsignedBytes =
    MIN_RECORD_BYTES - SIGNATURE_BYTES + attributes.length + neighbours.size * NEIGHBOUR_BYTES;
  const bytes = new Uint8Array(unsignedBytes + SIGNATURE_BYTES);
  bytes[0] = hasLeft ? FAREWELL : 0;
  write48(bytes, LIFE_AT, own.life);
  write32(bytes, VERSION_AT, version);
  bytes.set(own.publicKey, PUBLIC_KEY_AT);
  bytes.set(own.agreementKey, AGREEMENT_KEY_AT);
  write16(bytes, ATTRIBUTES_AT, attributes.length);
  bytes.set(attributes, ATTRIBUTES_AT + 2);
  let at = ATTRIBUTES_AT + 2 + attributes.length;
  bytes[at++] = neighbours.size;
  for (const [id, rttClass] of [...neighbours].sort(([a], [b]) => (a < b ? -1 : 1))) {
    writeNodeId(id, bytes, at);
    bytes[at + NODE_ID_BYTES] = rttClass;
    at += NEIGHBOUR_BYTES;
  }
  const message = signedPart(bytes, nameHash);
  bytes.set(cryptography.sign(own.identity.secretKey, own.publicKey, message), unsignedBytes);
  return readRecord(bytes, own.id);
}

/** Whether the bytes have the form of a record. Never throws and allocates nothing. */
export function isRecordShaped(bytes: Uint8Array): boolean {
  if (bytes.length < MIN_RECORD_BYTES || bytes.length > MAX_RECORD_BYTES) return false;
  const flags = bytes[0] ?? 0;
  if (flags > FAREWELL) return false;
  const attributeBytes = read16(bytes, ATTRIBUTES_AT);
  if (attributeBytes > MAX_ATTRIBUTE_BYTES) return false;
  const countAt = ATTRIBUTES_AT + 2 + attributeBytes;
  if (countAt >= bytes.length) return false;
  const count = bytes[countAt] ?? 0;
  if (count > MAX_RECORD_NEIGHBOURS || (flags === FAREWELL && count > 0)) return false;
  if (countAt + 1 + count * NEIGHBOUR_BYTES + SIGNATURE_BYTES !== bytes.length) return false;
  for (let i = 0; i < count; i++) {
    const at = countAt + 1 + i * NEIGHBOUR_BYTES;
    if ((bytes[at + NODE_ID_BYTES] ?? 0) > MAX_CLASS) return false;
    if (i > 0 && !isIdBefore(bytes, at - NEIGHBOUR_BYTES, at)) return false; // sorted, so none twice
  }
  return true;
}

/** Reads shaped bytes, which it keeps. `id`: what follows from the public key. Undefined when the owner lists itself. */
export function parseRecord(bytes: Uint8Array, id: NodeId): NodeRecord | undefined {
  const record = readRecord(bytes, id);
  return record.neighbours.includes(id) ? undefined : record;
}

/** Of shaped bytes: a view. */
export function publicKeyOf(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(PUBLIC_KEY_AT, PUBLIC_KEY_AT + PUBLIC_KEY_BYTES);
}

/** Of shaped bytes. */
export function stampOf(bytes: Uint8Array): Stamp {
  return {
    life: read48(bytes, LIFE_AT),
    version: read32(bytes, VERSION_AT),
    tie: read32(bytes, bytes.length - SIGNATURE_BYTES),
  };
}

/**
 * What the signature is over: a label, the hash of the Network's name, and all but the signature itself. A Node that is in two
 * Networks under one key says in each what is true there, and nobody can carry it over.
 */
export function signedPart(bytes: Uint8Array, nameHash: Uint8Array): Uint8Array {
  return concatBytes(LABEL, nameHash, bytes.subarray(0, bytes.length - SIGNATURE_BYTES));
}

function readRecord(bytes: Uint8Array, id: NodeId): NodeRecord {
  const attributesEnd = ATTRIBUTES_AT + 2 + read16(bytes, ATTRIBUTES_AT);
  const count = bytes[attributesEnd] ?? 0;
  const neighbours: NodeId[] = [];
  const neighbourKeys = new Int32Array(count);
  const rttClasses = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const at = attributesEnd + 1 + i * NEIGHBOUR_BYTES;
    neighbours.push(nodeIdFromBytes(bytes, at));
    neighbourKeys[i] = read32(bytes, at);
    rttClasses[i] = bytes[at + NODE_ID_BYTES] ?? 0;
  }
  const { life, version, tie } = stampOf(bytes);
  const [hashLow, hashHigh] = mix(bytes, bytes.length - SIGNATURE_BYTES);
  return {
    id,
    publicKey: publicKeyOf(bytes),
    life,
    agreementKey: bytes.subarray(AGREEMENT_KEY_AT, ATTRIBUTES_AT),
    version,
    hasLeft: bytes[0] === FAREWELL,
    attributes: bytes.subarray(ATTRIBUTES_AT + 2, attributesEnd),
    neighbours,
    neighbourKeys,
    rttClasses,
    bytes,
    tie,
    hashLow,
    hashHigh,
    ownerKey: ownerKeyOf(id),
  };
}

/** Two lanes of FNV-1a (Fowler, Noll, Vo 1991) with different seeds and a last stir. */
function mix(bytes: Uint8Array, from: number): [number, number] {
  let low = 0x811c9dc5;
  let high = 0x9e3779b9;
  for (let i = from; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    low = Math.imul(low ^ byte, 0x01000193);
    high = Math.imul(high ^ (byte + i), 0x85ebca6b);
    high ^= high >>> 13;
  }
  return [(low ^ (low >>> 15)) >>> 0, high >>> 0];
}

function isIdBefore(bytes: Uint8Array, a: number, b: number): boolean {
  for (let i = 0; i < NODE_ID_BYTES; i++) {
    const difference = (bytes[a + i] ?? 0) - (bytes[b + i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
