import { beforeAll, describe, expect, it } from 'vitest';
import type { KernelInstance } from './instance.ts';
import { freshKernel } from './testing.ts';

let instance: KernelInstance;
beforeAll(async () => {
  ({ instance } = await freshKernel());
});

/** Number of `sample` in [0, 1). */
function draw(sample: number, dimension: number, { x = 3, y = 5, seed = 1, set = 2 } = {}): number {
  return (instance.wasm.sampleBits(x, y, sample, seed, set, dimension) >>> 0) / 2 ** 32;
}

function points(
  first: number,
  count: number,
  at = {},
): readonly (readonly [number, number, number, number])[] {
  return Array.from({ length: count }, (_, i) => {
    const sample = first + i;
    return [draw(sample, 0, at), draw(sample, 1, at), draw(sample, 2, at), draw(sample, 3, at)] as const;
  });
}

describe('the sampler', () => {
  it('puts one of every 2^k samples into each of 2^k equal slices, in all four dimensions', () => {
    for (const count of [1, 2, 16, 256, 4096]) {
      for (const first of [0, count, 7 * count]) {
        const set = points(first, count);
        for (const dimension of [0, 1, 2, 3] as const) {
          const slices = new Set(set.map((point) => Math.floor(point[dimension] * count)));
          expect(slices.size, `${count} samples from ${first}, dimension ${dimension}`).toBe(count);
        }
      }
    }
  });

  it('puts one of 2^k samples into every elementary rectangle of its first two dimensions', () => {
    for (let power = 0; power <= 10; power += 2) {
      const set = points(0, 2 ** power);
      for (let across = 0; across <= power; across++) {
        const cells = new Set(
          set.map(([u, v]) => Math.floor(u * 2 ** across) * 4096 + Math.floor(v * 2 ** (power - across))),
        );
        expect(cells.size).toBe(2 ** power);
      }
    }
  });

  it('gives every pixel, seed and set its own numbers', () => {
    const places = [{}, { x: 4 }, { y: 6 }, { seed: 2 }, { set: 3 }, { x: 5, y: 3 }];
    const firsts = places.flatMap((at) => points(0, 4, at).flat());
    expect(new Set(firsts).size).toBe(firsts.length);
  });

  it('has no correlation between sets and between neighbouring pixels', () => {
    const correlation = (a: readonly number[], b: readonly number[]) =>
      (12 * a.reduce((sum, value, i) => sum + (value - 0.5) * ((b[i] ?? 0) - 0.5), 0)) / a.length;
    const column = (at: object) => points(0, 1024, at).map(([u]) => u);
    const base = column({});
    for (const at of [{ x: 4 }, { y: 6 }, { set: 3 }, { seed: 2 }]) {
      expect(Math.abs(correlation(base, column(at)))).toBeLessThan(0.12);
    }
    const acrossPixels = Array.from({ length: 1024 }, (_, x) => draw(0, 0, { x }));
    const shifted = Array.from({ length: 1024 }, (_, x) => draw(0, 0, { x: x + 1 }));
    expect(Math.abs(correlation(acrossPixels, shifted))).toBeLessThan(0.12);
    expect(acrossPixels.reduce((a, b) => a + b) / 1024).toBeCloseTo(0.5, 1.3);
  });

  it('reaches the last of its 65,536 samples', () => {
    const last = new Set(Array.from({ length: 256 }, (_, i) => draw(65_535 - i, 0)));
    expect(last.size).toBe(256);
  });
});
