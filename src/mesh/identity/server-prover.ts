/** A Node's key as its transport may use it: for proofs to a signaling server and for nothing else. */
import type { ServerProver } from '../../transport/index.ts';
import { serverProofInput } from '../../wire/index.ts';
import type { Identity } from './identity.ts';
import { realCryptography } from './real-cryptography.ts';

/** Shows a signaling server that this id is ours. */
export function serverProver(identity: Identity): ServerProver {
  const { id, publicKey, secretKey } = identity;
  return {
    publicKey,
    prove: (nonce, network) =>
      realCryptography.sign(secretKey, publicKey, serverProofInput({ id, nonce, network })),
  };
}
