import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { piecesToCheck, shareToCheck } from './scrutiny.ts';

const random = seededRandom(1);

/** Share of the work of so many results that is done again. */
function costOf(results: number, pieces: number): number {
  let checked = 0;
  for (let drawn = 0; drawn < results; drawn++)
    checked += (piecesToCheck(pieces, drawn, random)?.count ?? 0) / pieces;
  return checked / results;
}

describe('what is checked of a result', () => {
  it('is all of the first one of a Node, and less and less of the next ones', () => {
    expect(piecesToCheck(64, 0, random)).toEqual({ first: 0, count: 64 });
    const shares = Array.from({ length: 50 }, (_, drawn) => shareToCheck(drawn));
    expect(shares).toEqual(shares.toSorted((a, b) => b - a));
    expect(shares.slice(0, 3)).toEqual([1, 1 / 2, 1 / 3]);
  });

  it('is never nothing where it falls into 32 pieces or more: no wrong result of any size is passed over', () => {
    for (let drawn = 0; drawn < 2_000; drawn++) {
      const { first = -1, count = 0 } = piecesToCheck(64, drawn, random) ?? {};
      expect(count).toBeGreaterThanOrEqual(2);
      expect(first >= 0 && first + count <= 64).toBe(true);
    }
  });

  it('lies anywhere in the result', () => {
    const seen = new Set<number>();
    for (let i = 0; i < 2_000; i++) seen.add(piecesToCheck(64, 1_000, random)?.first ?? -1);
    expect(Math.min(...seen)).toBe(0);
    expect(Math.max(...seen)).toBe(62);
  });

  it('is all of one in 32 where it can only be done as a whole', () => {
    const checked = Array.from({ length: 32_000 }, () => piecesToCheck(1, 1_000, random));
    const count = checked.filter((range) => range !== undefined).length;
    expect(count).toBeGreaterThan(900);
    expect(count).toBeLessThan(1_100);
  });

  it('costs less than a twentieth of the work of a Node that brings a few hundred results', () => {
    for (const pieces of [1, 7, 32, 64]) expect(costOf(500, pieces), `${pieces}`).toBeLessThan(0.05);
  });
});
