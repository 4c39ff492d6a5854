import { describe, expect, it } from 'vitest';
import { type Candidate, FairChoice } from './fair-choice.ts';

const all = (...keys: readonly string[]): readonly Candidate<string>[] =>
  keys.map((key) => ({ key, weight: 1 }));

function counts(choice: FairChoice<string>, candidates: readonly Candidate<string>[], turns: number) {
  const count: Record<string, number> = {};
  for (let i = 0; i < turns; i++) {
    const key = choice.choose(candidates) ?? 'nobody';
    count[key] = (count[key] ?? 0) + 1;
  }
  return count;
}

describe('a fair choice', () => {
  it('gives equal ones equal turns', () => {
    expect(counts(new FairChoice(), all('a', 'b', 'c'), 9_999)).toEqual({ a: 3_333, b: 3_333, c: 3_333 });
  });

  it('shares by weight', () => {
    const weighted = [
      { key: 'a', weight: 3 },
      { key: 'b', weight: 1 },
    ];
    expect(counts(new FairChoice(), weighted, 4_000)).toEqual({ a: 3_000, b: 1_000 });
  });

  it('gives who comes late no more than its share from then on', () => {
    const choice = new FairChoice<string>();
    counts(choice, all('a', 'b'), 1_000);
    expect(counts(choice, all('a', 'b', 'c'), 300)).toEqual({ a: 100, b: 100, c: 100 });
    counts(choice, all('a', 'b'), 1_000);
    const again = counts(choice, all('a', 'b', 'c'), 300);
    expect(Math.abs((again['c'] ?? 0) - 100)).toBeLessThanOrEqual(1);
  });

  it('is fair where the candidates alternate', () => {
    const choice = new FairChoice<string>();
    const count = { a: 0, b: 0, c: 0 } as Record<string, number>;
    for (let i = 0; i < 3_000; i++) {
      const key = choice.choose(i % 2 === 0 ? all('a', 'b') : all('b', 'c')) ?? '';
      count[key] = (count[key] ?? 0) + 1;
    }
    for (const one of ['a', 'b', 'c']) expect(count[one]).toBeGreaterThan(700);
  });

  it('of nobody is nobody', () => {
    expect(new FairChoice<string>().choose([])).toBeUndefined();
  });
});
