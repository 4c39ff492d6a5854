import { describe, expect, it } from 'vitest';
import { seededRandom, uniform } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { WorkTimes } from './work-times.ts';

const worker = { node: newNodeId(seededRandom(1)), index: 0 };

describe('what was just made', () => {
  it('is every result of a worker that works, also over a network that brings several together', () => {
    const random = seededRandom(7);
    const times = new WorkTimes(0);
    let madeAtMs = 0;
    let cameAtMs = 0;
    for (let i = 0; i < 500; i++) {
      const tookMs = 80 + 40 * uniform(random);
      madeAtMs += tookMs + 2;
      // In order, up to half a second late.
      cameAtMs = Math.max(cameAtMs, madeAtMs + 500 * uniform(random) ** 4);
      expect(times.isFresh(worker, tookMs, cameAtMs)).toBe(true);
    }
  });

  it('is not what a worker brings out of its memory, whenever it begins to', () => {
    const times = new WorkTimes(0);
    const burst = Array.from({ length: 20 }, (_, i) => times.isFresh(worker, 100, 20 + i));
    expect(burst).toEqual(burst.map(() => false));
    expect(times.isFresh(worker, 100, 125)).toBe(true);
    expect(times.isFresh(worker, 100, 230)).toBe(true);
    expect(times.isFresh(worker, 100, 231)).toBe(false);
    // It was away for a minute, and has much: a few may have been on their way.
    const late = Array.from({ length: 40 }, (_, i) => times.isFresh(worker, 100, 60_000 + i));
    expect(late.filter((isFresh) => isFresh).length).toBeLessThan(12);
  });
});
