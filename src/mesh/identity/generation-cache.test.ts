import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GenerationCache } from './generation-cache.ts';

describe('a generation cache', () => {
  it('keeps to its bound, and always has what was used last', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(30)), { maxLength: 300 }), (steps) => {
        const cache = new GenerationCache<number, number>(10);
        const used: number[] = [];
        for (const [isSet, key] of steps) {
          const value = isSet ? undefined : cache.get(key);
          if (isSet) cache.set(key, key * 2);
          else if (value !== undefined) expect(value).toBe(key * 2);
          if (isSet || value !== undefined) {
            used.splice(0, used.length, ...used.filter((each) => each !== key), key);
          }
          expect(cache.size).toBeLessThanOrEqual(10);
        }
        for (const key of used.slice(-5)) expect(cache.get(key)).toBe(key * 2);
      }),
    );
  });
});
