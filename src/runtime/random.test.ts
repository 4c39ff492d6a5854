import { describe, expect, it } from 'vitest';
import { integerBelow, seededRandom, systemRandom, uniform } from './random.ts';

describe('seededRandom', () => {
  it('repeats itself for the same seed and differs for another', () => {
    const draw = (seed: number) => [...seededRandom(seed).bytes(16)];
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it('is uniform enough: every sixteenth of the range gets its share within five sigma', () => {
    const random = seededRandom(1);
    const counts = new Array<number>(16).fill(0);
    const draws = 160_000;
    for (let i = 0; i < draws; i++) {
      const bin = integerBelow(random, 16);
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    const expected = draws / 16;
    for (const count of counts) expect(Math.abs(count - expected)).toBeLessThan(5 * Math.sqrt(expected));
  });
});

describe('systemRandom', () => {
  it('gives as many bytes as asked and numbers in range', () => {
    expect(systemRandom.bytes(33)).toHaveLength(33);
    const value = uniform(systemRandom);
    expect(value).toBeGreaterThanOrEqual(0);
    expect(value).toBeLessThan(1);
  });
});
