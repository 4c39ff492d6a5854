/**
 * Test support: cryptography for simulations. It has the shape of the real one and costs a thousandth: hashes of 32 bits
 * mixed together, and a book of secrets in which `verify` looks. Whoever plays by the interface cannot forge; it protects
 * nothing from anybody else.
 */
import { equalBytes } from '../../runtime/index.ts';
import type { Cryptography } from './cryptography.ts';

/** A book of its own: keys made by one instance mean nothing to another. */
export function simulatedCryptography(): Cryptography {
  const secrets = new Map<number, Uint8Array>();
  return {
    sha256: (bytes) => digest(32, 1, bytes),
    hmac: (key, bytes) => digest(32, 2, key, bytes),
    signingKey: (secret) => {
      const publicKey = digest(32, 3, secret);
      secrets.set(nameOf(publicKey), secret.slice());
      return publicKey;
    },
    sign: (secret, _publicKey, message) => digest(64, 4, secret, message),
    verify: (publicKey, message, signature) => {
      const secret = publicKey.length === 32 ? secrets.get(nameOf(publicKey)) : undefined;
      return secret !== undefined && equalBytes(digest(64, 4, secret, message), signature);
    },
    agreementKey: (secret) => digest(32, 5, secret),
    agree: (secret, publicKey) => {
      const own = digest(32, 5, secret);
      const [first, second] = nameOf(own) < nameOf(publicKey) ? [own, publicKey] : [publicKey, own];
      return digest(32, 6, first, second);
    },
    mac: (key, nonce, parts) => digest(16, 7, key, nonce, ...parts),
  };
}

/** The first 48 bits: of a million keys hardly two have the same. */
function nameOf(key: Uint8Array): number {
  let name = 0;
  for (let i = 0; i < 6; i++) name = name * 256 + (key[i] ?? 0);
  return name;
}

/** Longer parts are read by words: a simulation would spend its time here otherwise. */
const BYTEWISE_UP_TO = 64;

/** Two lanes of 32-bit multiply-and-rotate over the parts and their lengths, stretched to `length` bytes. */
function digest(length: number, label: number, ...parts: readonly Uint8Array[]): Uint8Array {
  let a = Math.imul(label, 0x9e3779b1) | 1;
  let b = 0x85ebca6b ^ label;
  for (const part of parts) {
    a = Math.imul(a ^ part.length, 0xcc9e2d51);
    const words = part.length > BYTEWISE_UP_TO ? part.length >> 2 : 0;
    if (words > 0) {
      const view = new DataView(part.buffer, part.byteOffset);
      for (let i = 0; i < words; i++) {
        a = Math.imul(a ^ view.getInt32(4 * i, true), 0x01000193);
        b = (Math.imul(b, 31) + a) | 0;
        a ^= a >>> 15; // the high bits of a word would never reach the low ones
      }
    }
    for (let i = 4 * words; i < part.length; i++) {
      a = Math.imul(a ^ (part[i] as number), 0x01000193);
      b = (Math.imul(b, 31) + a) | 0;
    }
    b ^= b >>> 15;
  }
  const out = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    a = Math.imul(a ^ (b >>> 13), 0x5bd1e995) + i;
    b = Math.imul(b ^ (a >>> 16), 0x27d4eb2f) ^ a;
    out[i] = b >>> 24;
  }
  return out;
}
