import { describe, expect, it } from 'vitest';
import { makespanOf } from './makespan.ts';

/** More with FARM_SEEDS. */
const seeds = Number(process.env['FARM_SEEDS'] ?? 1);

describe('sixteen workers of different speeds, 50 ms apart', () => {
  it('take no more than a twentieth longer for a Job of a minute than its work and its checks take at best', () => {
    for (let seed = 0; seed < seeds; seed++) {
      const { withChecks } = makespanOf(seed, { workers: 16, roundTripMs: 50, idealMs: 60_000 });
      expect(withChecks, `seed ${seed}`).toBeGreaterThan(0.95);
    }
  });
});
