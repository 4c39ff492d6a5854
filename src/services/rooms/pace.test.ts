import { describe, expect, it } from 'vitest';
import { Pace } from './pace.ts';

const rate = { updatesPerSecond: 50, bytesPerSecond: 1000 };

/** How many updates go within that time when each goes as soon as it may. */
function sent(pace: Pace, untilMs: number, bytes: number): number {
  let count = 0;
  for (let nowMs = 0; nowMs < untilMs; nowMs = Math.max(nowMs, pace.readyAtMs)) {
    pace.spend(1, bytes, nowMs);
    count++;
    if (pace.readyAtMs >= untilMs) break;
  }
  return count;
}

describe('the pace of an author', () => {
  it('lets a burst go at once and the rate after it', () => {
    expect(sent(new Pace(rate, 1_000), 1, 0)).toBe(50);
    expect(sent(new Pace(rate, 1_000), 10_000, 0)).toBe(50 + 499);
  });

  it('counts bytes, too, and owes what a large update takes', () => {
    const pace = new Pace(rate, 1_000);
    pace.spend(1, 5_000, 0);
    expect(pace.readyAtMs).toBe(4_000);
    expect(sent(new Pace(rate, 1_000), 100_000, 100)).toBe(1_010);
  });

  it('always lets one go, however seldom they may', () => {
    const pace = new Pace({ updatesPerSecond: 1, bytesPerSecond: 1000 }, 10);
    expect(pace.readyAtMs).toBe(0);
    pace.spend(1, 0, 500);
    expect(pace.readyAtMs).toBe(1_500);
  });

  it('does not save up more than a burst', () => {
    const pace = new Pace(rate, 1_000);
    pace.spend(1, 0, 1e9);
    pace.spend(49, 0, 1e9);
    expect(pace.readyAtMs).toBeGreaterThan(1e9);
    expect(pace.restedAtMs).toBe(1e9 + 1_000);
  });
});
