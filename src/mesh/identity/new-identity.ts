/** A fresh key pair for a Node, on the real curves. */
import type { Random } from '../../runtime/index.ts';
import { type Identity, identityFrom, SECRET_KEY_BYTES } from './identity.ts';
import { realCryptography } from './real-cryptography.ts';

/** @param random fit for secrets (`systemRandom`) outside tests */
export function newIdentity(random: Random): Identity {
  return identityFrom(random.bytes(SECRET_KEY_BYTES), realCryptography);
}
