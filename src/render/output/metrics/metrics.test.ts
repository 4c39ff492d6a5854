import { describe, expect, it } from 'vitest';
import { seededRandom, uniform } from '../../../runtime/index.ts';
import { flip, rmse } from './index.ts';

const [W, H] = [40, 30];

function filled(r: number, g: number, b: number): Uint8Array {
  return Uint8Array.from({ length: 4 * W * H }, (_, i) => [r, g, b, 255][i % 4] ?? 0);
}

function gradient(): Uint8Array {
  return Uint8Array.from({ length: 4 * W * H }, (_, i) => (i % 4 === 3 ? 255 : 40 + ((i >> 2) % W) * 3));
}

/** Grey noise of up to `amount` added. */
function disturbed(picture: Uint8Array, amount: number): Uint8Array {
  const random = seededRandom(9);
  const noise = Float64Array.from({ length: W * H }, () => 2 * uniform(random) - 1);
  return picture.map((byte, i) => (i % 4 === 3 ? 255 : byte + Math.round(amount * (noise[i >> 2] ?? 0))));
}

describe('FLIP', () => {
  const mean = (a: Uint8Array, b: Uint8Array) => flip(a, b, W, H).mean;

  it('is 0 between a picture and itself', () => {
    expect(mean(gradient(), gradient())).toBe(0);
  });

  it('is 1 between pure green and pure blue, the farthest colours by definition', () => {
    expect(mean(filled(0, 255, 0), filled(0, 0, 255))).toBeCloseTo(1, 3);
  });

  it('is 0.967 between black and white', () => {
    // 100^0.7 = 25.12 of (the distance of green and blue, 203.3)^0.7 = 41.2, on the upper, compressed part of the scale.
    expect(mean(filled(0, 0, 0), filled(255, 255, 255))).toBeCloseTo(0.967, 2);
  });

  it('takes the two pictures in any order', () => {
    const [a, b] = [gradient(), disturbed(gradient(), 30)];
    expect(mean(a, b)).toBeCloseTo(mean(b, a), 6);
  });

  it('grows with the noise', () => {
    const errors = [2, 5, 10, 20, 40].map((amount) => mean(gradient(), disturbed(gradient(), amount)));
    expect(errors).toEqual(errors.toSorted((a, b) => a - b));
    expect(new Set(errors).size).toBe(errors.length);
  });

  it('sees less of fine noise from farther away', () => {
    const [a, b] = [gradient(), disturbed(gradient(), 30)];
    const far = flip(a, b, W, H, { pixelsPerDegree: 150 }).mean;
    expect(far).toBeLessThan(flip(a, b, W, H, { pixelsPerDegree: 40 }).mean);
  });

  it('shows a difference where it is', () => {
    const picture = filled(128, 128, 128);
    const other = picture.slice();
    other.set([255, 255, 255], 4 * (15 * W + 20));
    const { map } = flip(picture, other, W, H);
    expect(map.indexOf(Math.max(...map))).toBe(15 * W + 20);
    expect(map[0]).toBeLessThan(0.01);
  });

  it('weighs an edge that vanished more than the same colours without one', () => {
    const flat = filled(120, 120, 120);
    const edged = flat.map((byte, i) => (i % 4 === 3 ? 255 : (i >> 2) % W < W / 2 ? byte - 8 : byte + 8));
    const shifted = flat.map((byte, i) => (i % 4 === 3 ? 255 : byte + 8));
    const at = (map: Float32Array, x: number) => map[15 * W + x] ?? 0;
    expect(at(flip(flat, edged, W, H).map, W / 2 + 2)).toBeGreaterThan(
      at(flip(flat, shifted, W, H).map, W / 2 + 2),
    );
  });

  it('refuses pictures of different sizes', () => {
    expect(() => flip(filled(0, 0, 0), new Uint8Array(4), W, H)).toThrow('not two pictures');
  });
});

describe('RMSE', () => {
  it('is the root of the mean squared difference', () => {
    expect(rmse([0, 0], [3, 4])).toBeCloseTo(Math.sqrt(12.5), 12);
    expect(rmse([1, 2], [1, 2])).toBe(0);
    expect(() => rmse([1], [1, 2])).toThrow('cannot be compared');
  });
});
