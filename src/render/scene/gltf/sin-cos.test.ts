import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { sinCos } from './sin-cos.ts';

it('sinCos agrees with the host to the last bits for every angle that a texture may have', () => {
  fc.assert(
    fc.property(fc.double({ min: -1e4, max: 1e4, noNaN: true }), (angle) => {
      const { sin, cos } = sinCos(angle);
      expect(Math.abs(sin - Math.sin(angle))).toBeLessThan(4e-16);
      expect(Math.abs(cos - Math.cos(angle))).toBeLessThan(4e-16);
    }),
    { numRuns: 5_000 },
  );
  expect(sinCos(0)).toEqual({ sin: 0, cos: 1 });
});
