import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from './bytes.ts';
import { sha256Sync, sha512Sync } from './sha2.ts';

describe.each([
  ['sha256', sha256Sync, 64],
  ['sha512', sha512Sync, 128],
] as const)('%s', (name, ours, blockBytes) => {
  const theirs = (bytes: Uint8Array): string => createHash(name).update(bytes).digest('hex');

  it('is what Node says, of every length up to three blocks', () => {
    const bytes = Uint8Array.from({ length: 3 * blockBytes }, (_, i) => 7 * i);
    for (let length = 0; length <= bytes.length; length++) {
      expect(toHex(ours(bytes.subarray(0, length))), `${length} bytes`).toBe(
        theirs(bytes.subarray(0, length)),
      );
    }
  });

  it('is what Node says, of any bytes, wherever they lie in their buffer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000, size: 'max' }), fc.nat(9), (bytes, from) => {
        expect(toHex(ours(bytes.subarray(from)))).toBe(theirs(bytes.subarray(from)));
        expect(ours(bytes)).toEqual(ours(bytes.slice()));
      }),
      { numRuns: 300 },
    );
  });
});
