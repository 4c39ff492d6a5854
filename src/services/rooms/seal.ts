/**
 * Sealing under the read key: XChaCha20-Poly1305. The nonce is made from what is sealed (an HMAC of it, as in SIV, RFC 5297), so that no
 * Node that lost its memory, and no two tabs, ever use one nonce for two texts; the same text sealed twice is the same bytes.
 */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import type { Cryptography } from '../../mesh/index.ts';
import { concatBytes } from '../../runtime/index.ts';
import type { ReadKeys } from './keys.ts';

const NONCE_BYTES = 24;
const TAG_BYTES = 16;

/** @param context what else must be the same for it to open; of a fixed length for each purpose */
export function seal(
  keys: ReadKeys,
  plain: Uint8Array,
  context: Uint8Array,
  { hmac }: Pick<Cryptography, 'hmac'>,
): Uint8Array {
  const nonce = hmac(keys.nonce, concatBytes(context, plain)).slice(0, NONCE_BYTES);
  return concatBytes(nonce, xchacha20poly1305(keys.sealing, nonce, context).encrypt(plain));
}

/** Undefined unless it was sealed under these keys with that context. Never throws. */
export function unseal(keys: ReadKeys, sealed: Uint8Array, context: Uint8Array): Uint8Array | undefined {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const nonce = sealed.subarray(0, NONCE_BYTES);
  try {
    return xchacha20poly1305(keys.sealing, nonce, context).decrypt(sealed.subarray(NONCE_BYTES));
  } catch {
    return undefined; // another key, or another text
  }
}
