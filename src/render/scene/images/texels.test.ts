import { describe, expect, it } from 'vitest';
import { encodePng } from '../../output/index.ts';
import type { FlatImage } from '../format.ts';
import { fitted, halving, texelsOf } from './texels.ts';

describe('the texels of an image', () => {
  const png = encodePng(
    Uint8Array.from([10, 20, 30, 255, 20, 20, 30, 255, 30, 20, 30, 255, 40, 21, 30, 255]),
    2,
    2,
  );
  const image: FlatImage = { name: 'wood', width: 2, height: 2, encoding: 'png', bytes: png };

  it("are the picture's", async () => {
    expect(Array.from((await texelsOf(image)).subarray(0, 8))).toEqual([10, 20, 30, 255, 20, 20, 30, 255]);
  });

  it('are the means of two by two where the image is to be half as large', async () => {
    expect(Array.from(await texelsOf({ ...image, width: 1, height: 1 }))).toEqual([25, 20, 30, 255]);
  });

  it('have alpha turned to roughness where glossiness is given', async () => {
    const [, green] = await texelsOf({ ...image, glossiness: 0.2 });
    expect(green).toBe(204);
  });

  it('are refused where the picture is not as large as the image claims', async () => {
    for (const size of [
      { width: 3, height: 2 },
      { width: 2, height: 1 },
    ]) {
      await expect(texelsOf({ ...image, ...size })).rejects.toMatchObject({ code: 'image-damaged' });
    }
  });
});

describe('halving', () => {
  const halved = (rgba: number[], width: number, height: number, goal: number) => {
    const rows: number[][] = [];
    const { size, sink } = halving({ width, height }, { width: goal, height: goal }, (_, row) => {
      rows.push(Array.from(row));
    });
    for (let y = 0; y < height; y++) sink(y, Uint8Array.from(rgba.slice(4 * width * y, 4 * width * (y + 1))));
    return { ...size, rows };
  };
  const grey = (value: number): number[] => [value, value, value, value];

  it('keeps a side of 1, drops an odd last column or row, and changes nothing that is small enough', () => {
    const line = [...grey(0), ...grey(10), ...grey(99)];
    expect(halved(line, 3, 1, 1)).toEqual({ width: 1, height: 1, rows: [grey(5)] });
    expect(halved(line, 1, 3, 1)).toEqual({ width: 1, height: 1, rows: [grey(5)] });
    expect(halved(line, 3, 1, 4)).toEqual({ width: 3, height: 1, rows: [line] });
  });

  it('rounds to the nearest', () => {
    const dim = [...grey(0), ...grey(0), ...grey(0), ...grey(2)];
    expect(halved(dim, 2, 2, 1).rows).toEqual([grey(1)]);
  });

  it('halves again and again', () => {
    const square = Array.from({ length: 16 }, (_, i) => grey(16 * i)).flat();
    expect(halved(square, 4, 4, 1)).toEqual({ width: 1, height: 1, rows: [grey(120)] });
  });
});

describe('fitted', () => {
  it('halves the largest, of equals the first, until all fit', () => {
    const square = (side: number) => ({ width: side, height: side });
    expect(fitted([square(4), square(8), square(8)], 200)).toEqual([square(4), square(8), square(8)]);
    expect(fitted([square(4), square(8), square(8)], 143)).toEqual([square(4), square(4), square(8)]);
    expect(fitted([square(4), square(8), square(8)], 40)).toEqual([square(2), square(4), square(4)]);
    expect(fitted([{ width: 1, height: 1 }], 0)).toEqual([{ width: 1, height: 1 }]);
  });
});
