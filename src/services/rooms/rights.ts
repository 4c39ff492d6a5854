/** Who may say in a latest channel what only writers may: whoever could write an update. */
import type { Cryptography, Identity } from '../../mesh/index.ts';
import { nodeIdOf } from '../../wire/index.ts';
import type { Genesis } from './genesis.ts';
import type { ReadKeys } from './keys.ts';
import type { LatestOptions } from './latest.ts';
import { EPOCH, UpdateCodec } from './update.ts';

export interface RightsOptions {
  readonly identity: Identity;
  readonly genesis: Genesis;
  readonly keys: ReadKeys;
  /** Undefined for readers. */
  readonly writeSecret: Uint8Array | undefined;
  readonly cryptography: Cryptography;
}

export function rightsOf({
  identity,
  genesis,
  keys,
  writeSecret,
  cryptography,
}: RightsOptions): Pick<LatestOptions, 'credentials' | 'mayWrite'> {
  const codec = new UpdateCodec(genesis, keys, cryptography);
  const { publicKey } = identity;
  return {
    credentials: writeSecret && {
      key: publicKey,
      certificate: codec.certify(identity, writeSecret, EPOCH),
    },
    mayWrite: (node, { key, certificate }) =>
      nodeIdOf(key, cryptography) === node && codec.isWriter(key, EPOCH, certificate),
  };
}
