/**
 * A Blob's table: how large it is, and the SHA-256 of each of its pieces. The Blob's name is the SHA-256 of its table. So whoever knows the name
 * can check a table that anybody sends, and with it each piece as it comes, from anybody, before it is used or passed on.
 */
import { concatBytes, equalBytes, sha256, toHex } from '../../runtime/index.ts';
import type { BlobHash } from './contract.ts';

/** A piece is a quarter of a mebibyte: a few frames, a few milliseconds on a LAN, two seconds at 1 Mbit/s. */
export const PIECE_BYTES = 256 * 1024;
/** Above it a Blob is refused: a browser tab cannot hold and render more. */
export const MAX_BLOB_BYTES = 1024 * 1024 * 1024;
const HASH_BYTES = 32;
/** So that no Blob's bytes are a table of ours. */
const LABEL = new TextEncoder().encode('leafcutter blob\n');
const SIZE_AT = LABEL.length;
const HASHES_AT = SIZE_AT + 8;
/** Pieces hashed at a time: each is copied for it. */
const PARALLEL = 8;

export interface PieceTable {
  readonly totalBytes: number;
  /** 32 bytes a piece. */
  readonly hashes: Uint8Array;
}

export const pieceCount = (totalBytes: number): number => Math.ceil(totalBytes / PIECE_BYTES);

export const pieceBytes = (totalBytes: number, piece: number): number =>
  Math.min(PIECE_BYTES, totalBytes - piece * PIECE_BYTES);

export async function tableOf(bytes: Uint8Array): Promise<PieceTable> {
  const hashes = new Uint8Array(HASH_BYTES * pieceCount(bytes.length));
  for (let first = 0; first < pieceCount(bytes.length); first += PARALLEL) {
    const group = Array.from({ length: PARALLEL }, (_, i) => (first + i) * PIECE_BYTES);
    const here = group.filter((start) => start < bytes.length);
    const hashed = await Promise.all(here.map((start) => sha256(bytes.subarray(start, start + PIECE_BYTES))));
    hashes.set(concatBytes(...hashed), HASH_BYTES * first);
  }
  return { totalBytes: bytes.length, hashes };
}

export async function nameOf(table: PieceTable): Promise<BlobHash> {
  return toHex(await sha256(encodeTable(table))) as BlobHash;
}

/** The name of the Blob that has these bytes. */
export async function hashOf(bytes: Uint8Array): Promise<BlobHash> {
  return nameOf(await tableOf(bytes));
}

/** Why such a Blob is not fetched. @param expectedBytes where whoever named it has said so */
export function sizeProblem(
  { totalBytes }: PieceTable,
  expectedBytes: number | undefined,
): string | undefined {
  if (totalBytes > MAX_BLOB_BYTES) return `it is larger than ${MAX_BLOB_BYTES} bytes`;
  if (totalBytes === (expectedBytes ?? totalBytes)) return undefined;
  return `it has ${totalBytes} bytes, and ${expectedBytes} were announced`;
}

export const pieceHash = ({ hashes }: PieceTable, piece: number): Uint8Array =>
  hashes.subarray(HASH_BYTES * piece, HASH_BYTES * (piece + 1));

/** In hex, to be looked up. */
export const hashOfPiece = (table: PieceTable, piece: number): string => toHex(pieceHash(table, piece));

/** Whether these bytes are that piece of the Blob. */
export async function isPiece(table: PieceTable, piece: number, bytes: Uint8Array): Promise<boolean> {
  const { totalBytes } = table;
  if (piece >= pieceCount(totalBytes) || bytes.length !== pieceBytes(totalBytes, piece)) return false;
  return equalBytes(await sha256(bytes), pieceHash(table, piece));
}

/** A label, the size as a little-endian float64, the hashes. */
export function encodeTable({ totalBytes, hashes }: PieceTable): Uint8Array {
  const size = new Uint8Array(8);
  new DataView(size.buffer).setFloat64(0, totalBytes, true);
  return concatBytes(LABEL, size, hashes);
}

export function decodeTable(bytes: Uint8Array): PieceTable | undefined {
  if (bytes.length < HASHES_AT || !equalBytes(bytes.subarray(0, SIZE_AT), LABEL)) return undefined;
  const totalBytes = new DataView(bytes.buffer, bytes.byteOffset).getFloat64(SIZE_AT, true);
  if (!Number.isSafeInteger(totalBytes) || totalBytes < 0) return undefined;
  const hashes = bytes.slice(HASHES_AT);
  return hashes.length === HASH_BYTES * pieceCount(totalBytes) ? { totalBytes, hashes } : undefined;
}
