import { sha256, sha512 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom, sha256Sync, sha512Sync } from '../../../runtime/index.ts';
import { QuickHash } from './quick-hash.ts';

const random = seededRandom(180_4);
const quick = new QuickHash();

function agree(bytes: Uint8Array): void {
  expect(quick.sha256(bytes)).toEqual(sha256Sync(bytes));
  expect(quick.sha512(bytes)).toEqual(sha512Sync(bytes));
}

describe('the hashes in WebAssembly', () => {
  it('are those of JavaScript and of the library, of any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700, size: 'max' }), (bytes) => {
        agree(bytes);
        expect(quick.sha256(bytes)).toEqual(sha256(bytes));
        expect(quick.sha512(bytes)).toEqual(sha512(bytes));
      }),
    );
  });

  it('are so of every length around the ends of blocks, where the last ones have to have room for the length', () => {
    for (let length = 0; length <= 260; length++) agree(random.bytes(length));
  });

  it('are so of what is hashed 16 KiB at a time, and a little to either side', () => {
    for (const length of [16_255, 16_256, 16_320, 16_367, 16_368, 16_383, 16_384, 16_385, 32_768, 49_151])
      agree(random.bytes(length));
  });

  it('are so of a part of a larger memory', () => {
    const whole = random.bytes(1_000);
    agree(whole.subarray(3, 777));
  });
});
