/** A Node's name on the mesh: a uuid (RFC 9562; version 8, of its public key), lower-case text in code, 16 bytes on the wire. */
import { concatBytes, LeafcutterError, type Random, toHex } from '../runtime/index.ts';

/** A Node's id: a version 8 uuid in lower-case letters, derived from its public key. */
export type NodeId = string & { readonly brand: 'NodeId' };

export const NODE_ID_BYTES = 16;
const PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A random one, version 4: for tests and whoever has no key. */
export function newNodeId(random: Random): NodeId {
  const bytes = random.bytes(NODE_ID_BYTES);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return nodeIdFromBytes(bytes);
}

/** Whether it is a uuid as Nodes have them, in lower-case letters. */
export function isNodeId(text: string): text is NodeId {
  return PATTERN.test(text);
}

/** @throws LeafcutterError `bad-node-id` when the text is no lower-case uuid. */
export function parseNodeId(text: string): NodeId {
  if (!isNodeId(text)) throw new LeafcutterError('bad-node-id', `"${text}" is not a Node's uuid`);
  return text;
}

const KEY_LABEL = new TextEncoder().encode('leafcutter node\n');

/**
 * The id of an Ed25519 public key: the first 16 bytes of SHA-256 over a label and the key, as a version 8 uuid (RFC 9562). The
 * hash is an argument because simulations have a cheap one.
 */
export function nodeIdOf(
  publicKey: Uint8Array,
  { sha256 }: { sha256(bytes: Uint8Array): Uint8Array },
): NodeId {
  const bytes = sha256(concatBytes(KEY_LABEL, publicKey)).slice(0, NODE_ID_BYTES);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return nodeIdFromBytes(bytes);
}

/**
 * Ids read of late, some 150 bytes each: 2^10 sets of four, found by a hash of their bytes, the latest of each set first. Of a
 * thousand ids hardly five fall into one set, so that all are kept. Beside each its bytes as four words: compared without a look at
 * the text.
 */
const SET_BITS = 10;
const WAYS = 4;
const WORDS = NODE_ID_BYTES / 4;
const recent: (NodeId | undefined)[] = new Array(WAYS << SET_BITS);
const recentWords = new Int32Array((WAYS << SET_BITS) * WORDS);

/**
 * Reads 16 bytes at `offset`, which must lie inside `bytes`. Every frame that comes in has two ids, nearly always of somebody
 * heard of before: the same text is given out again, which costs a tenth of making it and is found in maps at once, because
 * its hash is known.
 */
export function nodeIdFromBytes(bytes: Uint8Array, offset = 0): NodeId {
  const a = wordAt(bytes, offset);
  const b = wordAt(bytes, offset + 4);
  const c = wordAt(bytes, offset + 8);
  const d = wordAt(bytes, offset + 12);
  const first = setOf(a, b, c, d) * WAYS;
  for (let at = first; at < first + WAYS; at++) {
    const id = recent[at];
    if (id === undefined) break;
    const word = at * WORDS;
    if (
      recentWords[word] === a &&
      recentWords[word + 1] === b &&
      recentWords[word + 2] === c &&
      recentWords[word + 3] === d
    ) {
      return id;
    }
  }
  const hex = toHex(bytes.subarray(offset, offset + NODE_ID_BYTES));
  const id =
    `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}` as NodeId;
  const last = first + WAYS - 1;
  recent.copyWithin(first + 1, first, last);
  recentWords.copyWithin((first + 1) * WORDS, first * WORDS, last * WORDS);
  recent[first] = id;
  recentWords.set([a, b, c, d], first * WORDS);
  return id;
}

function wordAt(bytes: Uint8Array, offset: number): number {
  return (
    ((bytes[offset] ?? 0) << 24) |
    ((bytes[offset + 1] ?? 0) << 16) |
    ((bytes[offset + 2] ?? 0) << 8) |
    (bytes[offset + 3] ?? 0)
  );
}

function setOf(a: number, b: number, c: number, d: number): number {
  let hash = Math.imul(a, 0x9e3779b1);
  hash = Math.imul(hash ^ b, 0x9e3779b1);
  hash = Math.imul(hash ^ c, 0x9e3779b1);
  return Math.imul(hash ^ d, 0x9e3779b1) >>> (32 - SET_BITS);
}

export function nodeIdToBytes(id: NodeId): Uint8Array {
  const bytes = new Uint8Array(NODE_ID_BYTES);
  writeNodeId(id, bytes, 0);
  return bytes;
}

/** Writes the 16 bytes at `offset`; without an allocation, because every frame that is made has two. */
export function writeNodeId(id: NodeId, into: Uint8Array, offset: number): void {
  let at = offset;
  for (let i = 0; i < id.length; i++) {
    const high = nibble(id.charCodeAt(i));
    if (high < 0) continue; // a dash
    into[at++] = (high << 4) | nibble(id.charCodeAt(++i));
  }
}

function nibble(code: number): number {
  return code < 48 ? -1 : code < 58 ? code - 48 : code - 87;
}
