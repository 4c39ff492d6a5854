import { describe, expect, it } from 'vitest';
import { logNormalFactors, medianLatency } from './conditions.ts';
import { LATENCIES_OF_REGIONS, REGIONS } from './regions.ts';

describe('conditions', () => {
  it('draw one latency a pair, the same both ways and within the range, another for another seed', () => {
    const model = { type: 'uniform', leastMs: 2, mostMs: 9 } as const;
    const seen = new Set<number>();
    for (let a = 0; a < 20; a++) {
      for (let b = 0; b < a; b++) {
        const ms = medianLatency(model, 7, a, b);
        expect(ms).toBe(medianLatency(model, 7, b, a));
        expect(ms >= 2 && ms <= 9).toBe(true);
        seen.add(ms);
      }
    }
    expect(seen.size).toBe(190);
    expect(medianLatency(model, 8, 1, 2)).not.toBe(medianLatency(model, 7, 1, 2));
  });

  it('have a log-normal jitter with median 1 and the sigma asked for', () => {
    for (const sigma of [0, 0.1, 0.5, 1]) {
      const logs = [...logNormalFactors(sigma)].map(Math.log);
      const mean = logs.reduce((sum, each) => sum + each, 0) / logs.length;
      const deviation = Math.sqrt(logs.reduce((sum, each) => sum + (each - mean) ** 2, 0) / logs.length);
      expect(mean).toBeCloseTo(0, 6);
      expect(deviation).toBeCloseTo(sigma, 2);
    }
  });

  it('know the regions both ways alike', () => {
    expect(LATENCIES_OF_REGIONS).toHaveLength(REGIONS.length);
    for (const [a, row] of LATENCIES_OF_REGIONS.entries()) {
      expect(row).toHaveLength(REGIONS.length);
      for (const [b, ms] of row.entries()) expect(LATENCIES_OF_REGIONS[b]?.[a]).toBe(ms);
    }
  });
});
