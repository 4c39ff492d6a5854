import { expect, it } from 'vitest';
import { toHex } from '../../runtime/index.ts';
import { NAME_HASH_BYTES, networkNameHash } from './network-name.ts';
import { realCryptography } from './real-cryptography.ts';

it('stands for a name: another name has another hash, however alike', () => {
  const names = ['quiet-otter', 'quiet-otter ', 'Quiet-otter', 'quiet-ötter', 'quiet-o\u0308tter', ''];
  const hashes = names.map((name) => networkNameHash(name, realCryptography));
  for (const hash of hashes) expect(hash).toHaveLength(NAME_HASH_BYTES);
  expect(new Set(hashes.map(toHex)).size).toBe(names.length);
});
