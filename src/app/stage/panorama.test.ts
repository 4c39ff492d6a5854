import { describe, expect, it } from 'vitest';
import { linearTexels } from './panorama.ts';

describe('a panorama for the preview', () => {
  it('has its rows from below, and an alpha of 1', () => {
    const rgb = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    expect(linearTexels({ width: 2, height: 2, rgb })).toEqual({
      width: 2,
      height: 2,
      texels: Float32Array.of(7, 8, 9, 1, 10, 11, 12, 1, 1, 2, 3, 1, 4, 5, 6, 1),
    });
  });

  it('is made smaller without losing light, whatever does not divide', () => {
    const [width, height] = [5000, 7];
    const small = linearTexels({ width, height, rgb: new Float32Array(3 * width * height).fill(2) });
    expect([small.width, small.height]).toEqual([1667, 3]);
    const reds = small.texels.filter((_, at) => at % 4 === 0);
    expect(Math.min(...reds)).toBeCloseTo(2, 5);
    expect(Math.max(...reds)).toBeCloseTo(2, 5);
  });
});
