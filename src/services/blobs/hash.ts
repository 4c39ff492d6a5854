/** A Blob's name. */
import { concatBytes, fromHex, sha256, toHex } from '../../runtime/index.ts';
import type { BlobHash } from './contract.ts';

const PATTERN = /^[0-9a-f]{64}$/;

/** The name of the Blob that has these bytes. */
export async function hashOf(bytes: Uint8Array): Promise<BlobHash> {
  return toHex(await sha256(bytes)) as BlobHash;
}

/** Whether it is 64 lower-case hexadecimal digits. */
export function isBlobHash(value: unknown): value is BlobHash {
  return typeof value === 'string' && PATTERN.test(value);
}

/** A request names the Blob by 32 bytes, and the piece by a little-endian u32 behind them. */
export function encodePieceRequest(hash: BlobHash, piece: number): Uint8Array {
  const bytes = new Uint8Array(36);
  bytes.set(fromHex(hash));
  new DataView(bytes.buffer).setUint32(32, piece, true);
  return bytes;
}

export function decodePieceRequest(bytes: Uint8Array): { hash: BlobHash; piece: number } | undefined {
  if (bytes.length !== 36) return undefined;
  const piece = new DataView(bytes.buffer, bytes.byteOffset, 36).getUint32(32, true);
  return { hash: toHex(bytes.subarray(0, 32)) as BlobHash, piece };
}

/** A size as a little-endian float64, or nothing. */
export function encodeSize(totalBytes: number | undefined): Uint8Array {
  if (totalBytes === undefined) return new Uint8Array();
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, totalBytes, true);
  return bytes;
}

export function decodeSize(bytes: Uint8Array): number | undefined {
  if (bytes.length !== 8) return undefined;
  const size = new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0, true);
  return Number.isSafeInteger(size) && size >= 0 ? size : undefined;
}

/** An offer: the Blob's hash, and its size behind it. */
export function encodeOffer(hash: BlobHash, totalBytes: number): Uint8Array {
  return concatBytes(fromHex(hash), encodeSize(totalBytes));
}

export function decodeOffer(
  bytes: Uint8Array,
): { readonly hash: BlobHash; readonly totalBytes: number } | undefined {
  const totalBytes = bytes.length === 40 ? decodeSize(bytes.subarray(32)) : undefined;
  if (totalBytes === undefined) return undefined;
  return { hash: toHex(bytes.subarray(0, 32)) as BlobHash, totalBytes };
}
