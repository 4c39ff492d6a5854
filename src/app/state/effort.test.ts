import { describe, expect, it } from 'vitest';
import { effortOf, formatNoise, noiseText, samplesText, shortEffort } from './effort.ts';

describe('what a render is to reach', () => {
  it('are samples, or a noise', () => {
    expect(effortOf({ samples: 1, noise: 0 })).toBe('1 sample');
    expect(effortOf({ samples: 4096, noise: 0.02 })).toBe('until noise < 0.02');
    expect(shortEffort({ samples: 64, noise: 0 })).toBe('64 spp');
    expect(shortEffort({ samples: 64, noise: 0.1 })).toBe('noise < 0.1');
  });
});

describe('what it has reached', () => {
  it('is a range of samples where Tiles differ', () => {
    expect(samplesText({ tileSamples: Uint32Array.of(16, 16) })).toBe('16 a pixel');
    expect(samplesText({ tileSamples: Uint32Array.of(48, 1024, 0) })).toBe('0–1,024 a pixel');
  });

  it('is a noise beside its goal, once it is known', () => {
    expect(noiseText(undefined, 0.02)).toBe('– → 0.02');
    expect(noiseText(0.034567, 0.02)).toBe('0.035 → 0.02');
    expect(formatNoise(0.1)).toBe('0.1');
  });
});
