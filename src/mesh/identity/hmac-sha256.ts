/** HMAC-SHA-256 (RFC 2104): two hashes, for which a stream of parts would weigh more than what is here. */
import { concatBytes, sha256Sync } from '../../runtime/index.ts';

const BLOCK_BYTES = 64;

/** @param sha256 whoever has a quicker one gives it. @returns 32 bytes */
export function hmacSha256(key: Uint8Array, message: Uint8Array, sha256 = sha256Sync): Uint8Array {
  const block = new Uint8Array(BLOCK_BYTES);
  block.set(key.length > BLOCK_BYTES ? sha256(key) : key);
  const padded = (pad: number): Uint8Array => block.map((byte) => byte ^ pad);
  return sha256(concatBytes(padded(0x5c), sha256(concatBytes(padded(0x36), message))));
}
