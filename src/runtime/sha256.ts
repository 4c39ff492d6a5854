/**
 * SHA-256. WebCrypto where it exists; a page opened over plain http from another machine on the LAN is no secure context
 * and has none, there sha2.ts gives the same bytes (slower).
 */
import { sha256Sync } from './sha2.ts';

export async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle) return sha256Sync(bytes);
  return new Uint8Array(await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
}
