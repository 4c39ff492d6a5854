import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemTimers } from './timers.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a timer of the system', () => {
  it('waits as long as it was told, beyond what setTimeout can', () => {
    let fired = 0;
    systemTimers.after(60 * DAY_MS, () => fired++);
    vi.advanceTimersByTime(60 * DAY_MS - 1);
    expect(fired).toBe(0);
    vi.advanceTimersByTime(1);
    expect(fired).toBe(1);
    vi.advanceTimersByTime(100 * DAY_MS);
    expect(fired).toBe(1);
  });

  it('that never ends does not fire, and can be cancelled at any time', () => {
    let fired = 0;
    const cancel = systemTimers.after(Number.POSITIVE_INFINITY, () => fired++);
    vi.advanceTimersByTime(60 * DAY_MS);
    expect(fired).toBe(0);
    cancel();
    expect(vi.getTimerCount()).toBe(0);
  });
});
