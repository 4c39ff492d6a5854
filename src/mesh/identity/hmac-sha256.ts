/** HMAC-SHA-256 (RFC 2104): two hashes, for which a stream of parts would weigh more than what is here. */
import { concatBytes, sha256Sync } from '../../runtime/index.ts';

const BLOCK_BYTES = 64;

/** @returns 32 bytes */
export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  const block = new Uint8Array(BLOCK_BYTES);
  block.set(key.length > BLOCK_BYTES ? sha256Sync(key) : key);
  const padded = (pad: number): Uint8Array => block.map((byte) => byte ^ pad);
  return sha256Sync(concatBytes(padded(0x5c), sha256Sync(concatBytes(padded(0x36), message))));
}
