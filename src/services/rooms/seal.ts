/**
 * Sealing under the read key: XChaCha20-Poly1305. The nonce is made from what is sealed (an HMAC of it, as in SIV, RFC 5297), so that no
 * Node that lost its memory, and no two tabs, ever use one nonce for two texts; the same text sealed twice is the same bytes.
 *
 * Put together, as RFC 8439 and draft-irtf-cfrg-xchacha say, from the parts that the mesh has in every page anyway: the library's own AEAD
 * would come with them, before anybody has opened a room.
 */
import { chacha20, hchacha } from '@noble/ciphers/chacha.js';
import { quickChacha20 } from '../../mesh/index.curve.ts';
import { type Cryptography, realCryptography } from '../../mesh/index.ts';
import { concatBytes, equalBytes } from '../../runtime/index.ts';
import type { ReadKeys } from './keys.ts';

type SealKeys = Pick<ReadKeys, 'sealing' | 'nonce'>;

const NONCE_BYTES = 24;
const TAG_BYTES = 16;
/** That a sealed text is longer. */
export const SEAL_BYTES = NONCE_BYTES + TAG_BYTES;
/** Of the nonce: they make the key of this one text. */
const SUBKEY_NONCE_BYTES = 16;
/** "expand 32-byte k" */
const SIGMA = new TextEncoder().encode('expand 32-byte k');
/** The first block makes the key of the tag. */
const FIRST_TEXT_BLOCK = 1;

/**
 * @param context what else must be the same for it to open; of a fixed length for each purpose
 * @param digest SHA-256 of a long text, where somebody quicker than us has made it: the nonce is made from that instead. For each purpose
 * either always or never
 */
export function seal(
  keys: SealKeys,
  plain: Uint8Array,
  context: Uint8Array,
  { hmac }: Pick<Cryptography, 'hmac'>,
  digest: Uint8Array = plain,
): Uint8Array {
  const nonce = hmac(keys.nonce, concatBytes(context, digest)).slice(0, NONCE_BYTES);
  const own = ownKey(keys.sealing, nonce);
  const text = streamed(own, plain);
  return concatBytes(nonce, text, tagOf(own, text, context));
}

/** Undefined unless it was sealed under these keys with that context. Never throws. */
export function unseal(keys: SealKeys, sealed: Uint8Array, context: Uint8Array): Uint8Array | undefined {
  if (sealed.length < SEAL_BYTES) return undefined;
  const own = ownKey(keys.sealing, sealed.subarray(0, NONCE_BYTES));
  const text = sealed.subarray(NONCE_BYTES, -TAG_BYTES);
  if (!equalBytes(sealed.subarray(-TAG_BYTES), tagOf(own, text, context))) return undefined;
  return streamed(own, text);
}

interface OwnKey {
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
}

/** The way there, and back. */
function streamed({ key, nonce }: OwnKey, bytes: Uint8Array): Uint8Array {
  return (
    quickChacha20(key, nonce, bytes, FIRST_TEXT_BLOCK) ??
    chacha20(key, nonce, bytes, undefined, FIRST_TEXT_BLOCK)
  );
}

/** Of one nonce: XChaCha's way from 24 bytes of it to ChaCha's 12. */
function ownKey(key: Uint8Array, nonce: Uint8Array): OwnKey {
  const out = new Uint32Array(8);
  hchacha(words(SIGMA), words(key), words(nonce.subarray(0, SUBKEY_NONCE_BYTES)), out);
  return {
    key: new Uint8Array(out.buffer),
    nonce: concatBytes(new Uint8Array(4), nonce.subarray(SUBKEY_NONCE_BYTES)),
  };
}

/** Of a copy, for alignment; by constructor, because `slice` of a Node Buffer, as a disk gives them, is a view of the same memory. */
function words(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(new Uint8Array(bytes).buffer);
}

/** RFC 8439, 2.8: each part filled up to sixteen bytes, then how long they were. */
function tagOf({ key, nonce }: OwnKey, text: Uint8Array, context: Uint8Array): Uint8Array {
  const lengths = new DataView(new ArrayBuffer(16));
  lengths.setUint32(0, context.length, true);
  lengths.setUint32(8, text.length, true);
  const parts = [context, padding(context), text, padding(text), new Uint8Array(lengths.buffer)];
  return realCryptography.mac(key, nonce, parts);
}

const padding = ({ length }: Uint8Array): Uint8Array => new Uint8Array((16 - (length % 16)) % 16);
