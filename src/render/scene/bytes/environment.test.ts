import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SceneError } from '../errors.ts';
import { decodeEnvironment, encodeEnvironment } from './environment.ts';
import { writeSections } from './sections.ts';

const map = fc
  .record({ width: fc.integer({ min: 1, max: 12 }), height: fc.integer({ min: 1, max: 6 }) })
  .chain(({ width, height }) =>
    fc
      .array(fc.double({ min: 0, max: 60_000, noNaN: true }), {
        minLength: 3 * width * height,
        maxLength: 3 * width * height,
      })
      .map((values) => ({ width, height, rgb: Float32Array.from(values) })),
  );

describe('encodeEnvironment and decodeEnvironment', () => {
  it('keep every texel to within a 512th of its brightest channel', () => {
    fc.assert(
      fc.property(map, (environment) => {
        const { rgb } = decodeEnvironment(encodeEnvironment(environment));
        for (let i = 0; i < rgb.length; i += 3) {
          const texel = environment.rgb.subarray(i, i + 3);
          const allowed = Math.max(...texel) / 511 + 2 ** -24;
          for (let c = 0; c < 3; c++) {
            expect(Math.abs((rgb[i + c] ?? 0) - (texel[c] ?? 0))).toBeLessThanOrEqual(allowed);
          }
        }
      }),
    );
  });

  it('give the same bytes for what they brought back', () => {
    fc.assert(
      fc.property(map, (environment) => {
        const bytes = encodeEnvironment(environment);
        expect(encodeEnvironment(decodeEnvironment(bytes))).toEqual(bytes);
      }),
    );
  });

  it('clamp what is no radiance', () => {
    const rgb = Float32Array.of(-1, Number.NaN, Number.POSITIVE_INFINITY);
    const decoded = decodeEnvironment(encodeEnvironment({ width: 1, height: 1, rgb }));
    expect(Array.from(decoded.rgb)).toEqual([0, 0, 65_408]);
  });

  it('refuse any damage with a typed error, or decode to finite light', () => {
    fc.assert(
      fc.property(map, fc.nat(500), fc.nat(255), fc.boolean(), (environment, at, value, cut) => {
        const bytes = encodeEnvironment(environment);
        bytes[at % bytes.length] = value;
        try {
          const { rgb } = decodeEnvironment(cut ? bytes.subarray(0, at % bytes.length) : bytes);
          expect(rgb.every(Number.isFinite)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(SceneError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('refuse a small file that claims a huge map before asking for its memory', () => {
    const claim = writeSections('LCEN', 1, { width: 8192, height: 8192 }, [new Uint8Array(100)]);
    expect(() => decodeEnvironment(claim)).toThrow('does not unpack');
  });
});
