import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exp2 } from './exp2.ts';
import { linearFromSrgb, srgbByte } from './srgb.ts';
import { toneMap, toneMapRectangle } from './tone-map.ts';

describe('srgbByte', () => {
  it('is the nearest byte of the sRGB curve for every value', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (linear) => {
        const curve = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
        expect(Math.abs(srgbByte(linear) - 255 * curve)).toBeLessThan(0.5 + 1e-3);
      }),
      { numRuns: 2_000 },
    );
  });

  it('brings every byte back from its linear value', () => {
    for (let byte = 0; byte < 256; byte++) expect(srgbByte(linearFromSrgb(byte / 255))).toBe(byte);
  });

  it('takes what is no light for black and what is too much for white', () => {
    expect([Number.NaN, -1, 0, 1, 1e30, Number.POSITIVE_INFINITY].map(srgbByte)).toEqual([
      0, 0, 0, 255, 255, 255,
    ]);
  });
});

describe('exp2', () => {
  it('agrees with the power of two', () => {
    fc.assert(
      fc.property(fc.double({ min: -40, max: 40, noNaN: true }), (x) => {
        expect(exp2(x) / 2 ** x).toBeCloseTo(1, 13);
      }),
    );
    expect(exp2(3)).toBe(8);
    expect(exp2(-2)).toBe(0.25);
  });
});

describe('toneMap', () => {
  const bytes = (means: number[], exposure = 0, toneMapping: 'neutral' | 'none' = 'neutral') =>
    Array.from(toneMap(Float32Array.from(means), { exposure, toneMapping }));

  it('shows a grey base colour under white light as itself, less the 4 % that a surface reflects', () => {
    // The specification's purpose: base colour c lit by 1 shows c + 0.04, and c comes out.
    expect(bytes([0.54, 0.54, 0.54])[0]).toBe(srgbByte(0.5));
  });

  it('keeps order: more light is never darker', () => {
    let before = 0;
    for (let light = 0; light < 50; light += 0.01) {
      const [byte = 0] = bytes([light, light, light]);
      expect(byte).toBeGreaterThanOrEqual(before);
      before = byte;
    }
    expect(before).toBeGreaterThan(250);
  });

  it('turns a very bright colour towards white instead of clipping its hue', () => {
    const [red = 0, green = 0] = bytes([200, 10, 10]);
    expect(red).toBe(255);
    expect(green).toBeGreaterThan(200);
  });

  it('applies one stop of exposure as twice the light', () => {
    expect(bytes([0.1, 0.2, 0.3], 1)).toEqual(bytes([0.2, 0.4, 0.6], 0));
  });

  it('without tone mapping only clips', () => {
    expect(bytes([0.5, 2, -1], 0, 'none')).toEqual([srgbByte(0.5), 255, 0, 255]);
  });

  it('gives a rectangle the pixels that the whole picture has there', () => {
    const means = Float32Array.from({ length: 3 * 6 * 4 }, (_, i) => (i % 29) / 20);
    const whole = toneMap(means, { exposure: 0.3 });
    const part = toneMapRectangle(means, 6, { x: 2, y: 1, width: 3, height: 2 }, { exposure: 0.3 });
    const expected = [1, 2].flatMap((y) => Array.from(whole.subarray(4 * (6 * y + 2), 4 * (6 * y + 5))));
    expect(Array.from(part)).toEqual(expected);
  });
});
