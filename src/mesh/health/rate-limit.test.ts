import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { RateLimit, TokenBucket } from './rate-limit.ts';

const id = (i: number) => newNodeId(seededRandom(i + 1));

describe('a rate limit', () => {
  it('lets a burst through, then so many a second', () => {
    const bucket = new TokenBucket({ perSecond: 2, burst: 5 }, 0);
    const taken = (now: number) => Array.from({ length: 20 }, () => bucket.take(now)).filter(Boolean).length;
    expect([taken(0), taken(1000), taken(61_000)]).toEqual([5, 2, 5]);
  });

  it('gives nothing to a clock that goes back', () => {
    const bucket = new TokenBucket({ perSecond: 1, burst: 1 }, 10_000);
    expect(bucket.take(10_000)).toBe(true);
    expect(bucket.take(1000)).toBe(false);
    expect(bucket.take(2000)).toBe(true);
  });

  it('holds for each Node by itself and for all together', () => {
    const limit = new RateLimit({ perSecond: 1, burst: 3 }, { perSecond: 1, burst: 5 }, 0);
    const taken = (of: number) =>
      Array.from({ length: 9 }, () => limit.take(id(of), 0)).filter(Boolean).length;
    expect([taken(1), taken(2), taken(3)]).toEqual([3, 2, 0]);
  });

  it('holds for all together, however many names somebody invents', () => {
    const limit = new RateLimit({ perSecond: 1, burst: 3 }, { perSecond: 10, burst: 20 }, 0);
    let taken = 0;
    for (let i = 0; i < 2000; i++) if (limit.take(id(i), 0)) taken++;
    expect(taken).toBe(20);
  });
});
