import { describe, expect, it } from 'vitest';
import { CallTimes } from './call-times.ts';
import { MAX_UNDER_WAY, OFFERS_PER_CALL, SLOWEST_CALL_MS } from './limits.ts';
import { id, ids } from './single-node.testing.ts';

describe('the time a call takes', () => {
  it('is nothing while nobody was called', () => {
    expect(new CallTimes().typicalMs(1_000)).toBe(0);
  });

  it('is, before the first became a Link, so many times what its offer took: whom it is for has no part in that', () => {
    const times = new CallTimes();
    times.began(id(1), 1_000);
    expect(times.typicalMs(1_050)).toBe(OFFERS_PER_CALL * 50);
    times.offered(id(1), 1_100);
    expect(times.typicalMs(60_000)).toBe(OFFERS_PER_CALL * 100);
    times.ended(id(1));
    times.began(id(2), 60_000);
    expect(times.typicalMs(61_000)).toBe(OFFERS_PER_CALL * 100);
    times.offered(id(2), 61_500);
    expect(times.typicalMs(61_500)).toBe(OFFERS_PER_CALL * 1_500);
  });

  it('is not what an offer took during which the page stood still', () => {
    const times = new CallTimes();
    times.began(id(1), 0);
    times.offered(id(1), 60_000);
    expect(times.typicalMs(60_000)).toBe(OFFERS_PER_CALL * SLOWEST_CALL_MS);
  });

  it('is that of the first, then moves an eighth of the way to each further one', () => {
    const times = new CallTimes();
    times.began(id(1), 0);
    times.began(id(2), 0);
    times.linked(id(1), 400);
    expect(times.typicalMs(900)).toBe(400);
    times.linked(id(2), 1_200);
    expect(times.typicalMs(1_200)).toBe(500);
  });

  it('is not moved by calls that came to nothing, nor by Links that others began', () => {
    const times = new CallTimes();
    times.began(id(1), 0);
    times.linked(id(1), 400);
    times.began(id(2), 400);
    times.ended(id(2));
    times.linked(id(2), 9_000);
    times.linked(id(3), 9_000);
    expect(times.typicalMs(9_000)).toBe(400);
  });

  it('counts a call anew when it is made again', () => {
    const times = new CallTimes();
    times.began(id(1), 0);
    times.began(id(1), 5_000);
    times.linked(id(1), 5_300);
    expect(times.typicalMs(6_000)).toBe(300);
  });

  it('is bounded, however long one took', () => {
    const times = new CallTimes();
    times.began(id(1), 0);
    times.linked(id(1), 600_000);
    expect(times.typicalMs(600_000)).toBe(SLOWEST_CALL_MS);
  });

  it('keeps no more calls than can be under way, the latest', () => {
    const times = new CallTimes();
    for (const [i, peer] of ids.entries()) times.began(peer, i);
    expect(times.size).toBe(MAX_UNDER_WAY);
    times.linked(id(0), 1_000); // forgotten
    times.offered(id(0), 1_000);
    expect(times.typicalMs(100)).toBe(OFFERS_PER_CALL * (100 - (ids.length - MAX_UNDER_WAY)));
    times.linked(id(59), 1_059);
    expect(times.typicalMs(0)).toBe(1_000);
  });
});
