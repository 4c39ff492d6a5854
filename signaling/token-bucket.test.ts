import { expect, it } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

it('gives the burst at once, then refills at its rate and never beyond the burst', () => {
  const bucket = new TokenBucket(3, 2);
  const taken = (nowMs: number): number => {
    let count = 0;
    while (count < 100 && bucket.take(nowMs)) count += 1;
    return count;
  };
  expect(taken(1000)).toBe(3);
  expect(taken(1400)).toBe(0);
  expect(taken(1500)).toBe(1);
  expect(taken(3000)).toBe(3);
  expect(taken(60_000)).toBe(3);
});

it('gives several at once or none', () => {
  const bucket = new TokenBucket(10, 1);
  expect([bucket.take(0, 6), bucket.take(0, 6), bucket.take(0, 4)]).toEqual([true, false, true]);
});
