/** Whether a REGISTER comes from the owner of an id. OpenSSL's Ed25519 takes a tenth of a millisecond, the mesh's own ten times that. */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { type NodeId, nodeIdOf, serverProofInput } from '../src/wire/index.ts';

export interface Claim {
  readonly id: NodeId;
  readonly nonce: Uint8Array;
  readonly network: string;
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * The id must follow from the key, and the signature over this socket's nonce from the same key. That OpenSSL also takes some
 * keys the mesh refuses harms nobody: their ids are their own, and the mesh does not let them in.
 */
export function isProven({ publicKey, signature, ...proof }: Claim): boolean {
  if (nodeIdOf(publicKey, { sha256 }) !== proof.id) return false;
  try {
    return verify(null, serverProofInput(proof), keyObject(publicKey), signature);
  } catch {
    return false; // no point of the curve
  }
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}

/** DER before the 32 bytes of an Ed25519 key (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

function keyObject(publicKey: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' });
}
