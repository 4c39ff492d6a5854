import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classOf, MAX_CLASS, nominalMs, UNMEASURED } from './round-trip-class.ts';

describe('classes of round trips', () => {
  it('are off by no more than the square root of two', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 16_384, noNaN: true }), (rttMs) => {
        const ratio = nominalMs(classOf(rttMs)) / rttMs;
        expect(Math.abs(Math.log2(ratio))).toBeLessThanOrEqual(0.5 + 1e-9);
      }),
    );
  });

  it('hold every number, and none is unmeasured', () => {
    for (const rttMs of [0, -1, Number.NaN, 1e-9, 1e9, Number.POSITIVE_INFINITY]) {
      expect(classOf(rttMs)).toBeGreaterThan(UNMEASURED);
      expect(classOf(rttMs)).toBeLessThanOrEqual(MAX_CLASS);
    }
    expect(nominalMs(UNMEASURED)).toBe(50);
  });
});
