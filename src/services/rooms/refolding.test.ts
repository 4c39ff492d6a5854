import { describe, expect, it } from 'vitest';
import { Refolding } from './refolding.ts';

function setting() {
  const fold = { changes: 0, reductions: 0 };
  const refolding = new Refolding(fold);
  /** So many updates come, and so often the reducer runs for them; then everybody is told. */
  const tell = (changes: number, reductions: number, nowMs: number): void => {
    fold.changes += changes;
    fold.reductions += reductions;
    refolding.told(nowMs);
  };
  return { fold, refolding, tell };
}

describe('refolding', () => {
  it('has nothing to do where nothing has changed', () => {
    const { refolding } = setting();
    expect(refolding.nextWakeAt).toBe(Number.POSITIVE_INFINITY);
    expect(refolding.isDue(false, 1e9)).toBe(false);
  });

  it('is due at once while updates sort behind what was there, however many', () => {
    const { fold, refolding, tell } = setting();
    tell(5_000, 5_000 + 32, 1_000);
    fold.changes++;
    expect(refolding.isDue(false, 1_000)).toBe(true);
  });

  it('waits after much was reduced again, the longer the more, but no longer than people would notice', () => {
    const { fold, refolding, tell } = setting();
    tell(10, 10 + 100, 1_000);
    expect(refolding.nextWakeAt).toBe(Number.POSITIVE_INFINITY);
    fold.changes++;
    expect(refolding.nextWakeAt).toBe(1_025);
    expect(refolding.isDue(false, 1_024)).toBe(false);
    expect(refolding.isDue(false, 1_025)).toBe(true);
    tell(0, 1 + 10_000, 1_025);
    fold.changes++;
    expect(refolding.nextWakeAt).toBe(1_275);
  });

  it('does not keep what this Node writes waiting', () => {
    const { fold, refolding, tell } = setting();
    tell(10, 1_000, 1_000);
    fold.changes++;
    expect(refolding.isDue(false, 1_001)).toBe(false);
    expect(refolding.isDue(true, 1_001)).toBe(true);
  });
});
