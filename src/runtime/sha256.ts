/**
 * SHA-256. WebCrypto where it exists; a page opened over plain http from another machine on the LAN is no secure context
 * and has none, there @noble/hashes gives the same bytes (slower).
 */
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';

export async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle) return nobleSha256(bytes);
  return new Uint8Array(await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
}

/** For small inputs in code that must not wait. */
export function sha256Sync(bytes: Uint8Array): Uint8Array {
  return nobleSha256(bytes);
}
