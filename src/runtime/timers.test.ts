import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemTimers } from './timers.ts';

const A_MONTH_MS = 30 * 24 * 3600 * 1000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a timer of the system', () => {
  it('waits for a month, which is more than an engine counts', () => {
    const fired = vi.fn();
    systemTimers.after(A_MONTH_MS, fired);
    vi.advanceTimersByTime(A_MONTH_MS - 1);
    expect(fired).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(fired).toHaveBeenCalledOnce();
  });

  it('can be cancelled whenever it is', () => {
    const fired = vi.fn();
    const cancel = systemTimers.after(A_MONTH_MS, fired);
    vi.advanceTimersByTime(A_MONTH_MS - 1);
    cancel();
    cancel();
    vi.advanceTimersByTime(A_MONTH_MS);
    expect(fired).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});
