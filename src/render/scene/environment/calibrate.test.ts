import { describe, expect, it } from 'vitest';
import type { EnvironmentMap } from '../format.ts';
import { calibrated, meanRadiance } from './calibrate.ts';

/** White above, black below. */
const half: EnvironmentMap = {
  ...{ width: 8, height: 4 },
  rgb: Float32Array.from({ length: 96 }, (_, i) => (i < 48 ? 6 : 0)),
};

describe('an environment', () => {
  it('has the mean radiance of all directions, each by its share of the sphere', () => {
    expect(meanRadiance(half)).toBeCloseTo(3, 6);
    // A white ring at the pole of a map of four rows covers (1 - cos 45) / 2 of the sphere, as far as rows can tell.
    const pole = { ...half, rgb: half.rgb.map((value, i) => (i < 24 ? value : 0)) };
    expect(meanRadiance(pole) / 6).toBeCloseTo(0.146, 2);
  });

  it('calibrated has 1, and keeps its colours and shapes', () => {
    const map = calibrated({ ...half, rgb: half.rgb.map((value, i) => (i % 3 === 0 ? 2 * value : value)) });
    expect(meanRadiance(map)).toBeCloseTo(1, 6);
    expect((map.rgb[0] ?? 0) / (map.rgb[1] ?? 1)).toBeCloseTo(2, 6);
    expect(map.rgb[95]).toBe(0);
  });

  it('that is black stays black', () => {
    expect(calibrated({ ...half, rgb: new Float32Array(96) }).rgb.every((value) => value === 0)).toBe(true);
  });
});
