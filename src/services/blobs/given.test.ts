import { describe, expect, it } from 'vitest';
import type { BlobHash } from './contract.ts';
import { Given } from './given.ts';
import { PIECE_BYTES } from './table.ts';

const hash = 'ab'.repeat(32) as BlobHash;
const size = 8 * PIECE_BYTES;

describe('what is given of a Blob', () => {
  it('is each piece once before any twice, whoever asks for which', () => {
    const given = new Given();
    const all = [0, 1, 2, 3, 4, 5, 6, 7];
    const first = all.map(() => given.choose(hash, size, all));
    expect(first.toSorted()).toEqual(all);
    expect(given.choose(hash, size, [5, 6])).toBe(5);
    expect(given.choose(hash, size, [5, 6])).toBe(6);
  });

  it('is nothing of what there is not', () => {
    expect(new Given().choose(hash, size, [8, 4_000_000_000])).toBeUndefined();
  });

  it('is counted for a few Blobs at a time', () => {
    const given = new Given();
    given.choose(hash, size, [0, 1]);
    for (let i = 0; i < 20; i++) given.choose(i.toString(16).padStart(64, '0') as BlobHash, size, [0]);
    expect(given.choose(hash, size, [0, 1])).toBe(0);
  });
});
