/**
 * NKeys, NATS' text form of Ed25519 keys (github.com/nats-io/nkeys): base32 of a prefix byte, the 32 bytes, and their CRC-16. A door knows
 * public keys of users only ("U..."); a client proves that it has the other half by signing the nonce of INFO.
 */
import { realCryptography } from '../mesh/index.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const USER_PREFIX = 20 << 3;
const KEY_BYTES = 32;
const BYTES = 1 + KEY_BYTES + 2;
/** CRC-16/XMODEM. */
const POLYNOMIAL = 0x1021;

/** The 32 bytes of a user's public key; undefined for anything else. */
export function userKeyBytes(text: string): Uint8Array | undefined {
  const bytes = fromBase32(text);
  if (bytes?.length !== BYTES || bytes[0] !== USER_PREFIX) return undefined;
  const sum = (bytes[BYTES - 2] ?? 0) | ((bytes[BYTES - 1] ?? 0) << 8);
  return sum === crc16(bytes.subarray(0, BYTES - 2)) ? bytes.subarray(1, 1 + KEY_BYTES) : undefined;
}

/** @param signature base64, of either alphabet, padded or not */
export function isSignedBy(key: string, signature: string, nonce: string): boolean {
  const publicKey = userKeyBytes(key);
  const bytes = fromBase64(signature);
  if (!publicKey || !bytes) return false;
  return realCryptography.verify(publicKey, new TextEncoder().encode(nonce), bytes);
}

function fromBase64(text: string): Uint8Array | undefined {
  try {
    const standard = text.replaceAll('-', '+').replaceAll('_', '/');
    return Uint8Array.from(atob(standard), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function fromBase32(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8));
  let value = 0;
  let bits = 0;
  let at = 0;
  for (const char of text) {
    const digit = ALPHABET.indexOf(char);
    if (digit < 0) return undefined;
    value = ((value << 5) | digit) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (value >> bits) & 0xff;
    }
  }
  return bytes;
}

function crc16(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) sum = ((sum << 1) ^ (sum & 0x8000 ? POLYNOMIAL : 0)) & 0xffff;
  }
  return sum;
}
