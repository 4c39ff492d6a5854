/**
 * The cryptography that the mesh asks for, as a dependency: synchronous, because protocols do not wait, and replaceable,
 * because a simulation of a thousand Nodes cannot afford curves. Outside simulations it is `realCryptography`, in every
 * page and terminal the same code, with WebCrypto or without: so all verifiers agree on every signature.
 */
export interface Cryptography {
  sha256(bytes: Uint8Array): Uint8Array;
  /** HMAC-SHA-256. */
  hmac(key: Uint8Array, bytes: Uint8Array): Uint8Array;
  /** Ed25519 public key of a 32-byte seed. */
  signingKey(secretKey: Uint8Array): Uint8Array;
  /** Ed25519 (RFC 8032), 64 bytes. */
  sign(secretKey: Uint8Array, publicKey: Uint8Array, message: Uint8Array): Uint8Array;
  /**
   * One rule for everyone: public key in the prime-order subgroup and not the identity, canonical encodings, S < L, and
   * R equal byte for byte to the one recomputed (cofactorless). Any lengths and bytes: never throws.
   */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
  /** X25519 public key of a 32-byte secret. */
  agreementKey(secret: Uint8Array): Uint8Array;
  /** X25519; undefined when the result is zero (a key of small order). */
  agree(secret: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined;
  /** A 16-byte one-time MAC: Poly1305 under the first 32 bytes of ChaCha20(key, nonce), as RFC 8439 has it. `nonce`: 12 bytes, never twice with one key. */
  mac(key: Uint8Array, nonce: Uint8Array, parts: readonly Uint8Array[]): Uint8Array;
}
