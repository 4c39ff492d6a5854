import { describe, expect, it } from 'vitest';
import { sharesOf } from './fairness.ts';

const helpers = [1, 2, 4, 2];

describe('a farm that several people ask at once', () => {
  it('gives who has one Job as much as who had six before', () => {
    const people = [{ jobs: 6 }, { jobs: 1 }];
    const [many = 0, one = 0] = sharesOf(0, { helpers, people, forMs: 12_000 });
    expect(many).toBeGreaterThan(0.4);
    expect(one).toBeGreaterThan(0.4);
  });

  it('gives more to who is in a hurry, and not all', () => {
    const people = [{ jobs: 3, priority: 4 }, { jobs: 1 }];
    const [urgent = 0, other = 0] = sharesOf(2, { helpers, people, forMs: 12_000 });
    expect(urgent).toBeGreaterThan(0.65);
    expect(other).toBeGreaterThan(0.1);
  });

  it('serves everyone in turn where a single machine has room for the scenes of two', () => {
    const people = [{ jobs: 1 }, { jobs: 3 }, { jobs: 1 }, { jobs: 1 }];
    const shares = sharesOf(3, { helpers: [2], people, forMs: 90_000 });
    for (const share of shares) expect(share, shares.join(' ')).toBeGreaterThan(0.15);
  });
});
