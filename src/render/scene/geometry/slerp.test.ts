import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Quaternion, slerp, unit } from './slerp.ts';

const part = fc.double({ min: -1, max: 1, noNaN: true });
const rotation = fc
  .tuple(part, part, part, part)
  .filter((q) => Math.hypot(...q) > 0.1)
  .map(unit);

/** The textbook's formula, by the host's trigonometry. */
function textbook(a: Quaternion, b: Quaternion, t: number): number[] {
  const cosine = a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
  const angle = Math.acos(Math.min(Math.abs(cosine), 1));
  const weights = [Math.sin((1 - t) * angle), Math.sin(t * angle) * Math.sign(cosine)];
  return a.map((value, i) => (value * (weights[0] ?? 0) + (b[i] ?? 0) * (weights[1] ?? 0)) / Math.sin(angle));
}

it('slerp turns evenly along the shorter arc', () => {
  fc.assert(
    fc.property(rotation, rotation, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, t) => {
      const cosine = Math.abs(a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0));
      fc.pre(cosine > 1e-3 && cosine < 1 - 1e-6);
      const expected = textbook(a, b, t);
      slerp(a, b, t).forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i] ?? 0, 9);
      });
    }),
    { numRuns: 500 },
  );
});

it('slerp begins and ends where it should, and survives opposite and zero rotations', () => {
  const a: Quaternion = [0, 0, 0, 1];
  const b: Quaternion = [0, 0, Math.SQRT1_2, Math.SQRT1_2];
  expect(slerp(a, b, 0)[3]).toBeCloseTo(1, 12);
  expect(slerp(a, b, 1)[2]).toBeCloseTo(Math.SQRT1_2, 9);
  for (const odd of [
    [0, 0, 0, 0],
    [1, 0, 0, 0],
    [Number.NaN, 0, 0, 0],
  ] as const) {
    expect(Math.hypot(...slerp(a, odd, 0.5))).toBeCloseTo(1, 12);
  }
});
