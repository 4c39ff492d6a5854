/**
 * What both ends of a new channel compute to show each other that they hold the network key, without saying it:
 * HMAC-SHA-256 over everything the handshake has established. The role keeps a proof from being sent back to its maker,
 * the nonces from being used a second time, and the DTLS fingerprints from being used on another connection: who sits in
 * between has two connections with fingerprints of their own, and no proof of one end fits the other.
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '../../runtime/index.ts';
import { type NodeId, nodeIdToBytes, PROTOCOL_VERSION } from '../../wire/index.ts';

export const NONCE_BYTES = 32;
export const PROOF_BYTES = 32;
export const NAME_HASH_BYTES = 32;

export type Role = 'initiator' | 'responder';

export interface Party {
  readonly id: NodeId;
  /** 32 fresh random bytes. */
  readonly nonce: Uint8Array;
  /** SHA-256 fingerprint of its DTLS certificate. */
  readonly fingerprint: Uint8Array;
}

const encoder = new TextEncoder();

/** Tells two Networks apart in the handshake; a name is short, so its hash hides it from nobody who guesses. */
export function networkNameHash(name: string): Uint8Array {
  return sha256(encoder.encode(`leafcutter network\n${name}`));
}

/** The proof that `role` sends: 32 bytes. docs/protocol.md lists the transcript's bytes. */
export function proofOf(
  role: Role,
  key: Uint8Array,
  nameHash: Uint8Array,
  initiator: Party,
  responder: Party,
): Uint8Array {
  const transcript = concatBytes(
    encoder.encode(`leafcutter ${role}\n`),
    Uint8Array.of(PROTOCOL_VERSION),
    nodeIdToBytes(initiator.id),
    nodeIdToBytes(responder.id),
    withLength(initiator.nonce),
    withLength(responder.nonce),
    withLength(initiator.fingerprint),
    withLength(responder.fingerprint),
    nameHash,
  );
  return hmac(sha256, key, transcript);
}

/** Compares in a time that tells nothing about where the bytes differ. */
export function isSameProof(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}

/** One byte of length before the bytes: no two transcripts of different parts are the same bytes. */
function withLength(bytes: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(bytes.length), bytes);
}
