import { describe, expect, it } from 'vitest';
import { HOPELESS_SECONDS, LEAST_BYTES_PER_SECOND, LONGEST_FETCH_SECONDS, Pace } from './pace.ts';

/** Pace after so many seconds at so many bytes a second. */
function paceAt(bytesPerSecond: number, seconds: number): Pace {
  const pace = new Pace();
  for (let second = 0; second <= seconds; second++) pace.tick(second * bytesPerSecond);
  return pace;
}

describe('the pace of a fetch', () => {
  it('is slow when less than a mebibyte came in five seconds, and not judged before', () => {
    const mebibyte = 1024 * 1024;
    expect(paceAt(0, 4).isSlow).toBe(false);
    expect(paceAt(mebibyte / 5 - 1, 5).isSlow).toBe(true);
    expect(paceAt(mebibyte / 5, 5).isSlow).toBe(false);
  });

  it('is hopeless after a minute under the least rate, not before', () => {
    expect(paceAt(0, HOPELESS_SECONDS - 1).isHopeless(0)).toBe(false);
    expect(paceAt(LEAST_BYTES_PER_SECOND - 1, HOPELESS_SECONDS).isHopeless(0)).toBe(true);
    expect(paceAt(LEAST_BYTES_PER_SECOND, HOPELESS_SECONDS).isHopeless(0)).toBe(false);
  });

  it('is hopeless, too, when all of it would take more than an hour', () => {
    const rate = 2 * LEAST_BYTES_PER_SECOND;
    expect(paceAt(rate, HOPELESS_SECONDS).isHopeless(rate * LONGEST_FETCH_SECONDS)).toBe(false);
    expect(paceAt(rate, HOPELESS_SECONDS).isHopeless(rate * LONGEST_FETCH_SECONDS + 60)).toBe(true);
  });

  it('is judged by the last minute, whatever came before', () => {
    const pace = paceAt(10_000_000, 300);
    for (let second = 0; second < HOPELESS_SECONDS; second++) pace.tick(3_000_000_000);
    expect(pace.isHopeless(0)).toBe(true);
    for (let second = 0; second < 5; second++) pace.tick(3_000_000_000 + 10_000_000);
    expect(pace.isHopeless(0)).toBe(false);
  });
});
