import { describe, expect, it } from 'vitest';
import { FramePool } from './frame-pool.ts';

const LARGE = 100_000;

describe('the frames of a window', () => {
  it('come back, in the length that is asked for', () => {
    const pool = new FramePool(LARGE, true);
    const first = pool.take(90_000);
    pool.giveBack(first);
    const second = pool.take(40_000);
    expect(second.buffer).toBe(first.buffer);
    expect([first.length, second.length]).toEqual([90_000, 40_000]);
    expect(pool.take(40_000).buffer).not.toBe(first.buffer);
  });

  it('are fresh and zero when they are small, longer than the longest, or may not be used again', () => {
    const pool = new FramePool(LARGE, true);
    for (const bytes of [100, LARGE + 1]) {
      const frame = pool.take(bytes).fill(1);
      pool.giveBack(frame);
      expect(pool.take(bytes)).toEqual(new Uint8Array(bytes));
    }
    const careful = new FramePool(LARGE, false);
    const frame = careful.take(LARGE);
    careful.giveBack(frame);
    expect(careful.take(LARGE).buffer).not.toBe(frame.buffer);
  });

  it('are kept by the handful, and none once nothing is under way', () => {
    const pool = new FramePool(LARGE, true);
    const given = Array.from({ length: 6 }, () => pool.take(LARGE));
    for (const frame of given) pool.giveBack(frame);
    const buffers = given.map(({ buffer }) => buffer);
    const again = Array.from({ length: 6 }, () => pool.take(LARGE));
    expect(again.filter(({ buffer }) => buffers.includes(buffer)).length).toBe(4);
    for (const frame of again) pool.giveBack(frame);
    pool.clear();
    expect(again.map(({ buffer }) => buffer)).not.toContain(pool.take(LARGE).buffer);
  });
});
