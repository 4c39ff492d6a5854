/**
 * What Nodes tell each other of a Blob; numbers are little-endian. A question names it by the 32 bytes of its hash, and has behind them
 *
 *   has     u8: whether whoever asks is fetching it, and may be asked for what it has got
 *   table   nothing
 *   piece   u32 each, the pieces that are wanted: one of them is answered; among them 0xfffffffe where it may come packed
 *
 * The answers are a Holding, a table (table.ts), and a u32 with that piece's bytes, or fewer that unfold to them (packing.ts); nothing where
 * there is nothing. Who does not know 0xfffffffe has no such piece; 0xffffffff is not used any more: it meant another way of packing.
 */
import { concatBytes, fromHex, toHex } from '../../runtime/index.ts';
import { NODE_ID_BYTES, type NodeId, nodeIdFromBytes, nodeIdToBytes } from '../../wire/index.ts';
import type { BlobHash } from './contract.ts';
import { pieceCount } from './table.ts';

const HASH_BYTES = 32;
/** Pieces that a request may leave the choice among. */
export const MAX_MENU = 15;
const MAY_BE_PACKED = 0xffff_fffe;
/** Others that a Holding names. */
export const MAX_PEERS = 16;
const PATTERN = /^[0-9a-f]{64}$/;

/** Whether it is 64 lower-case hexadecimal digits. */
export function isBlobHash(value: unknown): value is BlobHash {
  return typeof value === 'string' && PATTERN.test(value);
}

const hashAt = (bytes: Uint8Array): BlobHash => toHex(bytes.subarray(0, HASH_BYTES)) as BlobHash;

export function encodeQuestion(hash: BlobHash, isFetching: boolean): Uint8Array {
  return concatBytes(fromHex(hash), Uint8Array.of(isFetching ? 1 : 0));
}

export function decodeQuestion(
  bytes: Uint8Array,
): { readonly hash: BlobHash; readonly isFetching: boolean } | undefined {
  if (bytes.length !== HASH_BYTES + 1) return undefined;
  return { hash: hashAt(bytes), isFetching: bytes[HASH_BYTES] === 1 };
}

export function encodeTableRequest(hash: BlobHash): Uint8Array {
  return fromHex(hash);
}

export function decodeTableRequest(bytes: Uint8Array): BlobHash | undefined {
  return bytes.length === HASH_BYTES ? hashAt(bytes) : undefined;
}

export interface PieceQuestion {
  readonly hash: BlobHash;
  readonly menu: readonly number[];
  readonly mayBePacked: boolean;
}

export function encodePieceRequest({ hash, menu, mayBePacked }: PieceQuestion): Uint8Array {
  const numbers = mayBePacked ? [...menu, MAY_BE_PACKED] : menu;
  const bytes = new Uint8Array(HASH_BYTES + 4 * numbers.length);
  bytes.set(fromHex(hash));
  const view = new DataView(bytes.buffer, HASH_BYTES);
  for (const [i, number] of numbers.entries()) view.setUint32(4 * i, number, true);
  return bytes;
}

export function decodePieceRequest(bytes: Uint8Array): PieceQuestion | undefined {
  const count = (bytes.length - HASH_BYTES) / 4;
  if (!Number.isInteger(count) || count < 1 || count > MAX_MENU + 1) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + HASH_BYTES, 4 * count);
  const numbers = Array.from({ length: count }, (_, i) => view.getUint32(4 * i, true));
  const menu = numbers.filter((number) => number !== MAY_BE_PACKED);
  return { hash: hashAt(bytes), menu, mayBePacked: menu.length < count };
}

export interface SentPiece {
  readonly piece: number;
  readonly bytes: Uint8Array;
}

/** Undefined: there is none of those that are wanted. */
export function encodePiece(sent: SentPiece | undefined): Uint8Array {
  if (!sent) return new Uint8Array();
  const bytes = new Uint8Array(4 + sent.bytes.length);
  new DataView(bytes.buffer).setUint32(0, sent.piece, true);
  bytes.set(sent.bytes, 4);
  return bytes;
}

export function decodePiece(bytes: Uint8Array): SentPiece | undefined {
  if (bytes.length <= 4) return undefined;
  const piece = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  return { piece, bytes: bytes.subarray(4) };
}

/** What a Node has of a Blob. */
export interface Holding {
  readonly totalBytes: number;
  /** A bit a piece, the lowest first; undefined: all. */
  readonly bits: Uint8Array | undefined;
  /** Others that are fetching it. */
  readonly peers: readonly NodeId[];
}

/** The size as a float64, a u8 and so many ids of 16 bytes, and the bits unless it has all. */
export function encodeHolding(holding: Holding | undefined): Uint8Array {
  if (!holding) return new Uint8Array();
  const { totalBytes, bits = new Uint8Array(), peers } = holding;
  const head = new Uint8Array(9);
  new DataView(head.buffer).setFloat64(0, totalBytes, true);
  head[8] = peers.length;
  return concatBytes(head, ...peers.map(nodeIdToBytes), bits);
}

export function decodeHolding(bytes: Uint8Array): Holding | undefined {
  const count = bytes[8] ?? 0;
  const bitsAt = 9 + NODE_ID_BYTES * count;
  if (bytes.length < 9 || count > MAX_PEERS || bytes.length < bitsAt) return undefined;
  const totalBytes = sizeAt(bytes, 0);
  if (totalBytes === undefined) return undefined;
  const peers = Array.from({ length: count }, (_, i) => nodeIdFromBytes(bytes, 9 + NODE_ID_BYTES * i));
  const bits = bytes.slice(bitsAt);
  if (bits.length === 0) return { totalBytes, bits: undefined, peers };
  return bits.length === bitBytes(totalBytes) ? { totalBytes, bits, peers } : undefined;
}

export const bitBytes = (totalBytes: number): number => Math.ceil(pieceCount(totalBytes) / 8);

export const hasBit = (bits: Uint8Array, piece: number): boolean =>
  (((bits[piece >> 3] ?? 0) >> (piece & 7)) & 1) === 1;

/** An offer: "I have all of it": the Blob's hash, and its size behind it. */
export function encodeOffer(hash: BlobHash, totalBytes: number): Uint8Array {
  const bytes = new Uint8Array(HASH_BYTES + 8);
  bytes.set(fromHex(hash));
  new DataView(bytes.buffer).setFloat64(HASH_BYTES, totalBytes, true);
  return bytes;
}

export function decodeOffer(
  bytes: Uint8Array,
): { readonly hash: BlobHash; readonly totalBytes: number } | undefined {
  const totalBytes = bytes.length === HASH_BYTES + 8 ? sizeAt(bytes, HASH_BYTES) : undefined;
  return totalBytes === undefined ? undefined : { hash: hashAt(bytes), totalBytes };
}

function sizeAt(bytes: Uint8Array, offset: number): number | undefined {
  const size = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getFloat64(offset, true);
  return Number.isSafeInteger(size) && size >= 0 ? size : undefined;
}
