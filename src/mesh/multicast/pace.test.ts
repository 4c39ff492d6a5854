import { describe, expect, it } from 'vitest';
import { Pace, STALL_MS, WINDOW_BYTES } from './pace.ts';

/** Takes `bytesPerSecond` in ten steps a second; when it was first found left behind, undefined for never. */
function leftBehindAt(bytesPerSecond: (second: number) => number, seconds = 60): number | undefined {
  const pace = new Pace();
  let bytes = 1_000_000;
  pace.begin(bytes, 0);
  for (let now = 100; now <= seconds * 1000; now += 100) {
    bytes += bytesPerSecond(now / 1000) / 10;
    pace.moved(bytes, now);
    if (pace.isLeftBehind(bytes, now)) return now;
  }
  return undefined;
}

const enough = (WINDOW_BYTES * 1000) / STALL_MS;

describe('who is behind', () => {
  it('is waited for as long as it takes a window in ten seconds', () => {
    expect(leftBehindAt(() => 1.15 * enough)).toBeUndefined();
    expect(leftBehindAt(() => 20 * enough)).toBeUndefined();
  });

  it('is left behind after ten seconds when it takes less, be it a little all the time or nothing', () => {
    expect(leftBehindAt(() => 0)).toBe(STALL_MS + 100);
    expect(leftBehindAt(() => 0.95 * enough)).toBe(STALL_MS + 100);
  });

  it('may stand still for nearly ten seconds, and is left behind when that was the last of it', () => {
    expect(leftBehindAt((s) => (s % 20 < 9 ? 0 : 20 * enough))).toBeUndefined();
    expect(leftBehindAt((s) => (s < 30 ? 4 * enough : 0))).toBeGreaterThanOrEqual(30_000 + STALL_MS / 2);
    expect(leftBehindAt((s) => (s < 30 ? 4 * enough : 0))).toBeLessThanOrEqual(30_000 + STALL_MS + 1100);
  });

  it('is not waited for again until it has caught up, however fast it becomes', () => {
    const pace = new Pace();
    pace.begin(0, 0);
    expect(pace.isLeftBehind(0, STALL_MS + 1)).toBe(true);
    pace.moved(10 * WINDOW_BYTES, STALL_MS + 2);
    expect(pace.isLeftBehind(10 * WINDOW_BYTES, STALL_MS + 3)).toBe(true);
    pace.begin(10 * WINDOW_BYTES, STALL_MS + 4);
    expect(pace.isLeftBehind(10 * WINDOW_BYTES, STALL_MS + 5)).toBe(false);
  });
});
