import { afterEach, describe, expect, it, vi } from 'vitest';
import { linearFromSrgb, srgbByte } from './srgb.ts';

describe('srgbByte', () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.resetModules();
  });

  it('gives the byte whose light is nearest, in sRGB', () => {
    for (let byte = 0; byte < 255; byte++) {
      const between = linearFromSrgb((byte + 0.5) / 255);
      expect(srgbByte(linearFromSrgb(byte / 255))).toBe(byte);
      expect([srgbByte(between - 1e-12), srgbByte(between)]).toEqual([byte, byte + 1]);
    }
  });

  it('gives the ends for what is beyond them', () => {
    expect([Number.NaN, -1, 0, 1, 2, Number.POSITIVE_INFINITY].map(srgbByte)).toEqual([
      0, 0, 0, 255, 255, 255,
    ]);
  });

  it('computes nothing before there is a pixel: every page loads it', async () => {
    vi.resetModules();
    const tabulate = vi.spyOn(Float64Array, 'from');
    const power = vi.spyOn(Uint8Array, 'from');
    const fresh = await import('./srgb.ts');
    expect([tabulate, power].map(({ mock }) => mock.calls.length)).toEqual([0, 0]);
    expect(fresh.srgbByte(0.5)).toBe(188);
    expect(tabulate).toHaveBeenCalledOnce();
  });
});
