import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { deadline } from './deadline.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

it('is missed once it is over, unless it was met before', () => {
  const missed = vi.fn();
  deadline(2_000, missed);
  deadline(2_000, missed)();
  vi.advanceTimersByTime(1_999);
  expect(missed).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(missed).toHaveBeenCalledTimes(1);
});

it('begins anew where the process stood still meanwhile, and can still be met', () => {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const missed = vi.fn();
  deadline(2_000, missed);
  const meet = deadline(2_000, missed);
  now = 60_000;
  vi.advanceTimersByTime(2_000);
  expect(missed).not.toHaveBeenCalled();
  meet();
  now += 2_000;
  vi.advanceTimersByTime(2_000);
  expect(missed).toHaveBeenCalledTimes(1);
});
