import { describe, expect, it } from 'vitest';
import { Need } from './need.ts';

describe('a Need for work', () => {
  it('is neglected by a coordinator that does not answer for ten seconds', () => {
    const need = new Need();
    expect(need.isNeglected(1e9)).toBe(false);
    need.asked(0);
    need.asked(5_000);
    expect(need.isNeglected(9_999)).toBe(false);
    expect(need.isNeglected(10_000)).toBe(true);
    need.answered(true, 10_001);
    expect(need.isNeglected(1e9)).toBe(false);
  });

  it('is neglected by one that answers with nothing while nobody works', () => {
    const need = new Need();
    need.asked(0);
    for (let nowMs = 0; nowMs < 10_000; nowMs += 1_000) {
      need.answered(false, nowMs);
      need.progress(5, 0, nowMs);
      expect(need.isNeglected(nowMs)).toBe(false);
    }
    expect(need.isNeglected(10_000)).toBe(true);
  });

  it('is not while others work, for a minute, or while the work gets on', () => {
    const need = new Need();
    need.asked(0);
    for (let nowMs = 0; nowMs < 200_000; nowMs += 1_000) {
      need.answered(false, nowMs);
      need.progress(nowMs < 100_000 ? nowMs : 99_000, 2, nowMs);
      expect(need.isNeglected(nowMs), `${nowMs}`).toBe(nowMs >= 99_000 + 60_000);
    }
  });

  it('begins anew when we stood still, and is nobody’s fault when nothing is asked for', () => {
    const need = new Need();
    need.asked(0);
    need.woke(60_000);
    expect(need.isNeglected(60_001)).toBe(false);
    need.over();
    expect(need.isNeglected(1e9)).toBe(false);
  });

  it('is wasted by a coordinator that takes twice as many results of one Node as the Job has Tasks, and some', () => {
    const need = new Need();
    const bring = (results: number): void => {
      for (let i = 0; i < results; i++) need.brought();
    };
    bring(2 * 99 + 64);
    expect(need.isWasted(99)).toBe(false);
    bring(1);
    expect(need.isWasted(99)).toBe(true);
    // In another term what was brought before may be needed again.
    need.over();
    expect(need.isWasted(99)).toBe(false);
  });
});
