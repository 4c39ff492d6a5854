/** A Node's name on the mesh: a random uuid (RFC 9562 version 4), lower-case text in code, 16 bytes on the wire. */
import { LeafcutterError, type Random, toHex } from '../runtime/index.ts';

export type NodeId = string & { readonly brand: 'NodeId' };

export const NODE_ID_BYTES = 16;
const PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function newNodeId(random: Random): NodeId {
  const bytes = random.bytes(NODE_ID_BYTES);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return nodeIdFromBytes(bytes);
}

export function isNodeId(text: string): text is NodeId {
  return PATTERN.test(text);
}

/** @throws LeafcutterError `bad-node-id` when the text is no lower-case uuid. */
export function parseNodeId(text: string): NodeId {
  if (!isNodeId(text)) throw new LeafcutterError('bad-node-id', `"${text}" is not a Node's uuid`);
  return text;
}

/** Reads 16 bytes at `offset`, which must lie inside `bytes`. */
export function nodeIdFromBytes(bytes: Uint8Array, offset = 0): NodeId {
  const hex = toHex(bytes.subarray(offset, offset + NODE_ID_BYTES));
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}` as NodeId;
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
