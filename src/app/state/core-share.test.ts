import { describe, expect, it } from 'vitest';
import { integerBelow, seededRandom } from '../../runtime/index.ts';
import { sharesOfCores } from './core-share.ts';

describe('the cores of a device', () => {
  it('are shared evenly, the older tab has what is over', () => {
    expect(sharesOfCores([8, 8], 8)).toEqual([4, 4]);
    expect(sharesOfCores([8, 8, 8], 8)).toEqual([3, 3, 2]);
  });

  it('are left to others by a tab that wishes few or none', () => {
    expect(sharesOfCores([0, 8], 8)).toEqual([0, 8]);
    expect(sharesOfCores([2, 8], 8)).toEqual([2, 6]);
  });

  it('do not bound a tab alone, whose person may choose more', () => {
    expect(sharesOfCores([16], 8)).toEqual([16]);
    expect(sharesOfCores([16, 16], 8)).toEqual([8, 8]);
  });

  it('are too few for many tabs: each that wishes any has one worker', () => {
    expect(sharesOfCores([4, 4, 0, 4], 2)).toEqual([2, 1, 0, 1]);
    expect(sharesOfCores([2, 2, 2], 2)).toEqual([1, 1, 1]);
  });

  it('are all used when wishes reach for them, no tab is more than one ahead of another that wishes more', () => {
    const random = seededRandom(5);
    for (let round = 0; round < 500; round++) {
      const wishes = Array.from({ length: 1 + integerBelow(random, 6) }, () => integerBelow(random, 9));
      const cores = 1 + integerBelow(random, 8);
      const shares = sharesOfCores(wishes, cores);
      const given = shares.reduce((sum, share) => sum + share, 0);
      const wished = wishes.reduce((sum, wish) => sum + wish, 0);
      const tabs = wishes.filter((wish) => wish > 0).length;
      expect(given).toBe(Math.max(tabs, Math.min(wished, Math.max(cores, ...wishes))));
      for (const [at, share] of shares.entries()) {
        expect(share).toBeLessThanOrEqual(wishes[at] ?? 0);
        const isHungry = share < (wishes[at] ?? 0);
        if (isHungry) expect(Math.max(...shares)).toBeLessThanOrEqual(share + 1);
      }
    }
  });
});
