import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CurveTable } from './curve-table.ts';
import { agxChannel } from './curves/agx.ts';
import { exp2 } from './exp2.ts';
import { log2 } from './log2.ts';
import { linearFromSrgb, srgbByte, srgbWord } from './srgb.ts';
import { toneMap, toneMap16, toneMapRectangle } from './tone-map.ts';
import { TONE_MAPPINGS } from './tone-mapping.ts';

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

describe('AgX', () => {
  const grey = (value: number) =>
    toneMap(Float32Array.of(value, value, value), { exposure: 0, toneMapping: 'agx' });

  it('shows middle grey as middle grey, and 6.5 stops above it as white', () => {
    expect(Array.from(grey(0.18))).toEqual([118, 118, 118, 255]);
    expect(srgbByte(0.18)).toBe(118);
    expect(Array.from(grey(0.18 * 2 ** 6.6))).toEqual([255, 255, 255, 255]);
    expect(grey(0.18 * 2 ** 5.5)[0]).toBeLessThan(255);
    expect(Array.from(grey(0.18 * 2 ** -10))).toEqual([0, 0, 0, 255]);
  });

  it('keeps order: more light is never darker', () => {
    let before = 0;
    for (let light = 1e-4; light < 20; light *= 1.01) {
      const [byte = 0] = grey(light);
      expect(byte).toBeGreaterThanOrEqual(before);
      before = byte;
    }
    expect(before).toBe(255);
  });

  it('lets every pure light fade to white', () => {
    for (const light of [
      [1e4, 0, 0],
      [0, 1e4, 0],
      [0, 0, 1e4],
    ]) {
      const rgba = toneMap(Float32Array.from(light), { exposure: 0, toneMapping: 'agx' });
      for (const byte of rgba) expect(byte).toBeGreaterThan(250);
    }
  });

  it.each([
    [
      [0.02, 0.02, 0.02],
      [32, 32, 32],
    ],
    [
      [0.8, 0.4, 0.1],
      [192, 158, 106],
    ],
    [
      [0.05, 0.3, 0.9],
      [90, 155, 199],
    ],
    [
      [4, 1, 0.2],
      [241, 201, 168],
    ],
    [
      [0.1, 0.02, 0.3],
      [83, 56, 148],
    ],
    [
      [1, 1, 1],
      [197, 197, 197],
    ],
  ])('maps %j to what another implementation of the same curve gives: %j', (light, expected) => {
    const ours = toneMap(Float32Array.from(light), { exposure: 0, toneMapping: 'agx' });
    for (let i = 0; i < 3; i++) expect(Math.abs((ours[i] ?? 0) - (expected[i] ?? 0))).toBeLessThanOrEqual(1);
  });

  it('makes its table when first asked, once', () => {
    let calls = 0;
    const table = new CurveTable((x) => x + 0 * ++calls, -1, 0);
    expect(calls).toBe(0);
    expect([table.at(0.75), table.at(0.5), table.at(1)]).toEqual([0.75, 0.5, 1]);
    expect(calls).toBe(257);
  });

  it('reads its curve from a table that is exact to a hundredth of a byte', () => {
    const encoded = (x: number) => 255 * (x <= 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055);
    const table = new CurveTable(agxChannel, -15, 5);
    for (let light = 2e-5; light < 40; light *= 1.0007) {
      expect(Math.abs(encoded(table.at(light)) - encoded(agxChannel(light)))).toBeLessThan(0.01);
    }
  });
});

describe('ACES', () => {
  const bytes = (...light: number[]) =>
    Array.from(toneMap(Float32Array.from(light), { exposure: 0, toneMapping: 'aces' }));

  it('has the values of the published fit', () => {
    // Computed by hand from the shader: the fit of v = 0.18 is 0.1056, of v = 1 is 0.6164.
    expect(bytes(0.18, 0.18, 0.18)[0]).toBe(srgbByte(0.1056));
    expect(Math.abs((bytes(1, 1, 1)[1] ?? 0) - srgbByte(0.6164))).toBeLessThanOrEqual(1);
  });

  it('takes light of any strength', () => {
    expect(bytes(1e30, 1e30, 1e30)).toEqual([255, 255, 255, 255]);
    expect(bytes(0, 0, 0)).toEqual([0, 0, 0, 255]);
  });
});

describe('toneMap16', () => {
  it('is the same picture with finer steps', () => {
    const means = Float32Array.from({ length: 3 * 500 }, (_, i) => ((i * 37) % 1500) / 1000);
    for (const toneMapping of TONE_MAPPINGS) {
      const bytes = toneMap(means, { exposure: 0.5, toneMapping });
      const words = toneMap16(means, { exposure: 0.5, toneMapping });
      for (let i = 0; i < bytes.length; i++) {
        expect(Math.abs((words[i] ?? 0) / 257 - (bytes[i] ?? 0))).toBeLessThanOrEqual(0.51);
      }
    }
  });

  it('rounds the sRGB curve to the nearest word or its neighbour', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (linear) => {
        const curve = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
        expect(Math.abs(srgbWord(linear) - 65_535 * curve)).toBeLessThan(0.52);
      }),
      { numRuns: 2_000 },
    );
    expect([Number.NaN, -1, 0, 1, 1e30].map(srgbWord)).toEqual([0, 0, 0, 65_535, 65_535]);
  });
});

describe('log2', () => {
  it('agrees with the logarithm', () => {
    fc.assert(
      fc.property(fc.double({ min: -300, max: 300, noNaN: true }), (x) => {
        expect(log2(2 ** x)).toBeCloseTo(x, 11);
      }),
    );
    expect([log2(8), log2(0.25), log2(1)]).toEqual([3, -2, 0]);
    expect([0, -1, Number.NaN, Number.POSITIVE_INFINITY].map(log2)).toEqual(Array(4).fill(Number.NaN));
  });
});
