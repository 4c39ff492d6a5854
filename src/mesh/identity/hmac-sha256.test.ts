import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hmacSha256 } from './hmac-sha256.ts';

it('is what the library says, for keys of a block, shorter and longer', () => {
  for (const length of [0, 1, 32, 63, 64, 65, 200]) {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: length, maxLength: length }),
        fc.uint8Array(),
        (key, message) => {
          expect(hmacSha256(key, message)).toEqual(hmac(sha256, key, message));
        },
      ),
      { numRuns: 20 },
    );
  }
});
