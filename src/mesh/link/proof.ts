/**
 * What both ends of a new channel show each other. The *proof* is an HMAC under the network key: I belong to the network.
 * The *signature* is made with the key that my id is derived from: I am this Node. Both are over the same transcript of
 * everything the handshake has established. The role keeps them from being sent back to their maker, the nonces from being
 * used a second time, and the DTLS fingerprints from being used on another connection: who sits in between has two
 * connections with fingerprints of their own, and nothing of one end fits the other. The agreement keys are in it, so the
 * sessions that are derived from them are the identities' own.
 */
import { concatBytes } from '../../runtime/index.ts';
import { nodeIdToBytes, PROTOCOL_VERSION } from '../../wire/index.ts';
import type { PeerIdentity } from '../identity/identity.ts';

export const NONCE_BYTES = 32;
export const PROOF_BYTES = 32;

export type Role = 'initiator' | 'responder';

export interface Party {
  readonly identity: PeerIdentity;
  /** 32 fresh random bytes. */
  readonly nonce: Uint8Array;
  /** SHA-256 fingerprint of its DTLS certificate. */
  readonly fingerprint: Uint8Array;
}

const encoder = new TextEncoder();

/** What has been established; the same bytes at both ends. docs/protocol.md lists them. */
export function transcript(nameHash: Uint8Array, initiator: Party, responder: Party): Uint8Array {
  const parties = [initiator, responder].map(({ identity, nonce, fingerprint }) =>
    concatBytes(
      nodeIdToBytes(identity.id),
      withLength(identity.publicKey),
      lifeBytes(identity.life),
      withLength(identity.agreementKey),
      withLength(nonce),
      withLength(fingerprint),
    ),
  );
  return concatBytes(Uint8Array.of(PROTOCOL_VERSION), ...parties, withLength(nameHash));
}

/** What the HMAC of `role` is over. */
export function proofInput(role: Role, established: Uint8Array): Uint8Array {
  return concatBytes(encoder.encode(`leafcutter proof ${role}\n`), established);
}

/** What the signature of `role` is over. */
export function signatureInput(role: Role, established: Uint8Array): Uint8Array {
  return concatBytes(encoder.encode(`leafcutter signature ${role}\n`), established);
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

/** A life is a u48. */
function lifeBytes(life: number): Uint8Array {
  const bytes = new Uint8Array(6);
  let left = life;
  for (let i = 5; i >= 0; i--) {
    bytes[i] = left % 256;
    left = Math.floor(left / 256);
  }
  return bytes;
}
