import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalised, writeNormalised } from './matrix.ts';

/** Of all sizes, with what overflows, vanishes and is no number. */
const component = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, 5e-324, -5e-324, 1e-160, 1e200, -1e200, Number.MAX_VALUE),
);

describe('a vector written at unit length', () => {
  it('has the bits of one that is made for itself, and is not written where there is none', () => {
    fc.assert(
      fc.property(component, component, component, (x, y, z) => {
        const to = new Float32Array([7, 7, 7, 7, 7]);
        const unit = normalised([x, y, z]);
        expect(writeNormalised(x, y, z, to, 1)).toBe(unit !== undefined);
        expect(to).toEqual(new Float32Array([7, ...(unit ?? [7, 7, 7]), 7]));
      }),
      { numRuns: 1_000 },
    );
  });

  it('has no negative zero', () => {
    const to = new Float32Array(3);
    expect(writeNormalised(-0, -3, -0, to, 0)).toBe(true);
    expect([...to].map((value) => Object.is(value, -0))).toEqual([false, false, false]);
    expect(normalised([-0, -3, -0])).toEqual([0, -1, 0]);
  });
});
