/**
 * Who is who. A Node's id is a version 8 uuid derived from its Ed25519 public key, so nobody else can claim it; a Node that
 * starts again with the same key is the same Node in another *life*. What follows from a life (its agreement key, its
 * sequence numbers) is never mistaken for another's.
 */
import { type NodeId, nodeIdOf } from '../../wire/index.ts';
import type { Cryptography } from './cryptography.ts';

export const PUBLIC_KEY_BYTES = 32;
/** Of an Ed25519 seed. */
export const SECRET_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;
/** Lives are u48: milliseconds of wall time at the start, or any number that grows from life to life. */
export const MAX_LIFE = 2 ** 48 - 1;

/** A key pair and the id that follows from it. The secret stays in this Node (a tab, or IndexedDB). */
export interface Identity {
  readonly id: NodeId;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Ed25519 seed, 32 bytes. */
  readonly secretKey: Uint8Array;
}

/** What everyone may know of a Node's present life. */
export interface PeerIdentity {
  readonly id: NodeId;
  readonly publicKey: Uint8Array;
  readonly life: number;
  /** X25519, 32 bytes, made for this life. Authenticated by `publicKey` wherever it travels (hello, record). */
  readonly agreementKey: Uint8Array;
}

/** A Node's own present life. */
export interface OwnLife extends PeerIdentity {
  readonly identity: Identity;
  /** X25519 secret, 32 bytes. */
  readonly agreementSecret: Uint8Array;
}

/** Who is known: the newest life of each Node that a valid hello or record told of. Ourselves are not in it. */
export interface Directory {
  get(id: NodeId): PeerIdentity | undefined;
}

/** `secretKey`: 32 random bytes, fit for secrets outside tests. */
export function identityFrom(secretKey: Uint8Array, cryptography: Cryptography): Identity {
  const publicKey = cryptography.signingKey(secretKey);
  return { id: nodeIdOf(publicKey, cryptography), publicKey, secretKey };
}

/** Begins a life. `agreementSecret`: 32 fresh random bytes. @param life greater than that of any earlier life of this key */
export function beginLife(
  identity: Identity,
  life: number,
  agreementSecret: Uint8Array,
  cryptography: Cryptography,
): OwnLife {
  return {
    id: identity.id,
    publicKey: identity.publicKey,
    identity,
    life,
    agreementSecret,
    agreementKey: cryptography.agreementKey(agreementSecret),
  };
}

/** Which of two lives of one key goes on: the later one; of two that say the same number, always the same one. */
export function isNewerLife(a: PeerIdentity, b: PeerIdentity): boolean {
  if (a.life !== b.life) return a.life > b.life;
  for (let i = 0; i < a.agreementKey.length; i++) {
    const difference = (a.agreementKey[i] ?? 0) - (b.agreementKey[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}
