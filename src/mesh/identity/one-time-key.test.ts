import { chacha20 } from '@noble/ciphers/chacha.js';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { oneTimeKey } from './one-time-key.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

it('is what RFC 8439, 2.6.2 says', () => {
  const key = Uint8Array.from({ length: 32 }, (_, i) => 0x80 + i);
  const nonce = Uint8Array.of(0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7);
  expect(Buffer.from(oneTimeKey(key, nonce)).toString('hex')).toBe(
    '8ad5a08b905f81cc815040274ab29471a833b637e3fd0da508dbb8e2fdd1a646',
  );
});

it('is the first half of the first block of ChaCha20, wherever key and nonce lie', () => {
  fc.assert(
    fc.property(bytes(33), bytes(15), (key, nonce) => {
      const parts = [key.subarray(1), nonce.subarray(3)] as const;
      expect(oneTimeKey(...parts)).toEqual(chacha20(...parts, new Uint8Array(32)));
    }),
  );
});
