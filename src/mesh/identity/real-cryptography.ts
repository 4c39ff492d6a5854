/**
 * The cryptography of every page and terminal: the same JavaScript everywhere, whether the page is a secure context with
 * WebCrypto or not, so that a signature good for one Node is good for all.
 *
 * Ed25519 verifiers are known to disagree on encodings and points that RFC 8032 leaves open (Chalkias, Garillot and
 * Nikolaenko, "Taming the many EdDSAs", 2020). Ours takes what the strictest take: public keys of prime order only, S < L,
 * and R equal to the recomputed one byte for byte, which also settles that R is canonical.
 */
import { concatBytes, equalBytes, sha256Sync, sha512Sync } from '../../runtime/index.ts';
import { type Arithmetic, plainArithmetic } from './arithmetic.ts';
import type { Cryptography } from './cryptography.ts';
import { hmacSha256 } from './hmac-sha256.ts';
import { PUBLIC_KEY_BYTES, SECRET_KEY_BYTES, SIGNATURE_BYTES } from './identity.ts';
import { clamped, littleEndian, toLittleEndian } from './little-endian.ts';
import { oneTimeKey } from './one-time-key.ts';
import { ORDER } from './point.ts';
import { poly1305 } from './poly1305.ts';
import { agree, agreementKey } from './x25519.ts';

/** What signing derives from a seed (RFC 8032, 5.1.5). */
interface ExpandedSecret {
  readonly seed: Uint8Array;
  readonly scalar: bigint;
  readonly prefix: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** By the array that holds the seed: saves every second curve multiplication of `sign`, and goes with it. */
const expanded = new WeakMap<Uint8Array, ExpandedSecret>();
let curve = plainArithmetic;
let quick: Quick | undefined;

/** The same in less time, for whoever has loaded it (curve/): what it answers is what is computed here otherwise. */
export interface Quick {
  readonly curve: Arithmetic;
  readonly hash: Hashes;
  /** Where the cipher has been loaded as well. */
  readonly mac?: Cryptography['mac'] | undefined;
}

export interface Hashes {
  sha256(bytes: Uint8Array): Uint8Array;
  sha512(bytes: Uint8Array): Uint8Array;
}

export function quicken(computed: Quick): void {
  quick = computed;
  curve = computed.curve;
}

/** Ed25519, X25519, ChaCha20-Poly1305's MAC and SHA-256 in JavaScript: the same answers on every machine. */
export const realCryptography: Cryptography = {
  sha256,
  hmac: (key, bytes) => hmacSha256(key, bytes, sha256),
  signingKey: (secretKey) => expand(secretKey).publicKey.slice(),
  sign,
  verify,
  agreementKey: (secret) => agreementKey(secret, curve),
  agree: (secret, publicKey) => agree(secret, publicKey, curve),
  mac,
};

/**
 * RFC 8032, 5.1.6. The public key is always the seed's own: a foreign one in the challenge would give the secret away
 * with two signatures.
 */
function sign(secretKey: Uint8Array, _publicKey: Uint8Array, message: Uint8Array): Uint8Array {
  const { scalar, prefix, publicKey } = expand(secretKey);
  const r = hashToScalar(prefix, message);
  const encodedR = curve.timesBase(r);
  const challenge = hashToScalar(encodedR, publicKey, message);
  const signature = new Uint8Array(SIGNATURE_BYTES);
  signature.set(encodedR);
  signature.set(toLittleEndian((r + challenge * scalar) % ORDER), 32);
  return signature;
}

/** RFC 8032, 5.1.7 in its cofactorless form: S*B - k*A, encoded, is R. Costs 0.7 ms, and 0.2 ms for a key seen often. */
function verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== PUBLIC_KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  const s = littleEndian(signature.subarray(32));
  if (s >= ORDER) return false;
  const encodedR = signature.subarray(0, 32);
  const challenge = hashToScalar(encodedR, publicKey, message);
  const recomputed = curve.recomputed(publicKey, s, challenge);
  if (!recomputed || !equalBytes(recomputed, encodedR)) return false;
  curve.met(publicKey);
  return true;
}

function mac(key: Uint8Array, nonce: Uint8Array, parts: readonly Uint8Array[]): Uint8Array {
  return quick?.mac?.(key, nonce, parts) ?? poly1305(oneTimeKey(key, nonce), parts);
}

function expand(seed: Uint8Array): ExpandedSecret {
  const known = expanded.get(seed);
  if (known && equalBytes(known.seed, seed)) return known;
  if (seed.length !== SECRET_KEY_BYTES) throw new RangeError('a signing seed has 32 bytes');
  const hash = sha512(seed);
  const scalar = clamped(hash.subarray(0, 32)) % ORDER;
  const secret = {
    seed: seed.slice(),
    scalar,
    prefix: hash.subarray(32),
    publicKey: curve.timesBase(scalar),
  };
  expanded.set(seed, secret);
  return secret;
}

function hashToScalar(...parts: readonly Uint8Array[]): bigint {
  return littleEndian(sha512(concatBytes(...parts))) % ORDER;
}

function sha256(bytes: Uint8Array): Uint8Array {
  return quick?.hash.sha256(bytes) ?? sha256Sync(bytes);
}

function sha512(bytes: Uint8Array): Uint8Array {
  return quick?.hash.sha512(bytes) ?? sha512Sync(bytes);
}
