/** Who may say in a latest channel what only writers may: whoever could write an update with the keys that count. */
import type { Cryptography, Identity } from '../../mesh/index.ts';
import { nodeIdOf } from '../../wire/index.ts';
import type { Keyring } from './epochs.ts';
import type { LatestOptions } from './latest.ts';
import { UpdateCodec } from './update.ts';

export interface RightsOptions {
  readonly identity: Identity;
  readonly keyring: Keyring;
  readonly cryptography: Cryptography;
}

export function rightsOf({
  identity,
  keyring,
  cryptography,
}: RightsOptions): Pick<LatestOptions, 'credentials' | 'mayWrite'> {
  const codec = new UpdateCodec(keyring, cryptography);
  const { publicKey } = identity;
  return {
    credentials: () => {
      const { writeSecret } = keyring.current.secrets;
      return writeSecret && { key: publicKey, certificate: codec.certify(identity, writeSecret) };
    },
    mayWrite: (node, { key, certificate }) =>
      nodeIdOf(key, cryptography) === node && codec.isWriter(key, keyring.current, certificate),
  };
}
