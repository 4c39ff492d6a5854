import { describe, expect, it } from 'vitest';
import { encodePng } from '../../output/index.ts';
import type { FlatImage } from '../format.ts';
import { fitted, halvedTo, texelsOf } from './texels.ts';

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

describe('halvedTo', () => {
  it('keeps a side of 1, drops an odd last row, and changes nothing that is small enough', () => {
    const row = Uint8Array.from([0, 0, 0, 0, 10, 10, 10, 10, 99, 99, 99, 99]);
    expect(halvedTo(row.slice(), { width: 3, height: 1 }, { width: 1, height: 1 })).toEqual({
      ...{ width: 1, height: 1, rgba: Uint8Array.of(5, 5, 5, 5) },
    });
    expect(halvedTo(row, { width: 3, height: 1 }, { width: 4, height: 4 })).toMatchObject({ width: 3 });
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
