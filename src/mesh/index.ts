export * from './contract.ts';
export * from './errors.ts';
export type { Cryptography } from './identity/cryptography.ts';
export { type Identity, identityFrom, SECRET_KEY_BYTES } from './identity/identity.ts';
export { newIdentity } from './identity/new-identity.ts';
export { realCryptography } from './identity/real-cryptography.ts';
export { serverProver } from './identity/server-prover.ts';
export { checkHandler, checkTimeout } from './node/arguments.ts';
export { createNode, type NodeOptions } from './node/node.ts';
