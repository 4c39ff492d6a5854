import * as fc from 'fast-check';
import { DataUtils } from 'three';
import { describe, expect, it } from 'vitest';
import { halfFromFloat } from './half.ts';

/** The value of a half by the definition of the format. */
function floatFromHalf(half: number): number {
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  const magnitude = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return half & 0x8000 ? -magnitude : magnitude;
}

describe('halfFromFloat', () => {
  it('gives every finite half back', () => {
    for (let half = 0; half < 0x7c00; half++) {
      expect(halfFromFloat(floatFromHalf(half))).toBe(half);
      expect(halfFromFloat(floatFromHalf(half | 0x8000))).toBe(half | 0x8000);
    }
    expect(DataUtils.fromHalfFloat(halfFromFloat(0.1))).toBeCloseTo(0.1, 4);
  });

  it('is the nearest half of any float, the even one of two', () => {
    fc.assert(
      fc.property(fc.float({ min: -65_504, max: 65_504, noNaN: true }), (value) => {
        const half = halfFromFloat(value);
        const error = Math.abs(floatFromHalf(half) - value);
        for (const other of [half - 1, half + 1]) {
          if ((other & 0x7fff) >= 0x7c00 || (half & 0x7fff) === 0) continue;
          const otherError = Math.abs(floatFromHalf(other) - value);
          expect(error).toBeLessThanOrEqual(otherError);
          if (error === otherError) expect(half & 1).toBe(0);
        }
      }),
      { numRuns: 5_000 },
    );
    expect([1 + 2 ** -11, 1 + 3 * 2 ** -11, 2 ** -25, 3 * 2 ** -25].map(halfFromFloat)).toEqual([
      0x3c00, 0x3c02, 0, 2,
    ]);
  });

  it('keeps what is too bright finite, and turns what is no number into black', () => {
    expect(
      [65_519, 65_520, 1e30, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map(halfFromFloat),
    ).toEqual([0x7bff, 0x7bff, 0x7bff, 0x7bff, 0xfbff]);
    expect(halfFromFloat(Number.NaN)).toBe(0);
  });
});
