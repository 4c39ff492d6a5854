import { zlibSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { crc32 } from '../../../runtime/index.ts';
import { encodePng } from '../../output/index.ts';
import { encodePicture, type Picture } from '../testing.ts';
import { readImageHeader } from './image-header.ts';
import { decodeImage } from './testing.ts';

/** A smooth picture, which lossy formats keep well. */
function gradient(width: number, height: number, alpha = 255): Picture {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set([8 * x, 6 * y, 100, alpha], 4 * (y * width + x));
  }
  return { width, height, data };
}

/** PNG by hand, for the kinds that our own writer never makes. `rows` include the filter bytes. */
function rawPng(
  width: number,
  height: number,
  depth: number,
  colourType: number,
  rows: Uint8Array,
  extra: readonly [string, Uint8Array][] = [],
): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([depth, colourType], 8);
  const chunks: [string, Uint8Array][] = [
    ['IHDR', header],
    ...extra,
    ['IDAT', zlibSync(rows)],
    ['IEND', new Uint8Array()],
  ];
  const parts = chunks.map(([type, data]) => {
    const chunk = new Uint8Array(12 + data.length);
    const chunkView = new DataView(chunk.buffer);
    chunkView.setUint32(0, data.length);
    chunk.set(new TextEncoder().encode(type), 4);
    chunk.set(data, 8);
    chunkView.setUint32(8 + data.length, crc32(chunk.subarray(4, 8 + data.length)));
    return Array.from(chunk);
  });
  return Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...parts.flat()]);
}

describe('decodeImage', () => {
  it('says of a WebP that moves that it does', async () => {
    const webp = new Uint8Array(60);
    webp.set(new TextEncoder().encode('RIFF4...WEBPVP8X'));
    webp.set([10, 0, 0, 0, 2], 16);
    await expect(decodeImage(webp, 'x')).rejects.toThrow(
      'is an animated WebP, which is not read; save it as PNG',
    );
  });

  it('knows an SVG by whatever comes before its first tag', async () => {
    const svg =
      '<?xml version="1.0"?>\n<!-- Drawn -->\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN">\n<svg/>';
    await expect(decodeImage(new TextEncoder().encode(svg), 'x')).rejects.toThrow(
      'is an SVG, which is not read',
    );
  });

  it('brings back a PNG exactly, with its name', async () => {
    const { width, height, data } = gradient(31, 9);
    const image = await decodeImage(encodePng(data, width, height), 'wood');
    expect(image).toEqual({ name: 'wood', width, height, rgba: Uint8Array.from(data) });
  });

  it('keeps colours under transparent pixels: nothing is premultiplied', async () => {
    const png = rawPng(2, 1, 8, 6, Uint8Array.of(0, 200, 100, 50, 0, 10, 20, 30, 128));
    expect((await decodeImage(png, '')).rgba).toEqual(Uint8Array.of(200, 100, 50, 0, 10, 20, 30, 128));
  });

  it('reads palettes, grey and 1-bit pictures as RGBA', async () => {
    const palette = rawPng(2, 1, 8, 3, Uint8Array.of(0, 1, 0), [
      ['PLTE', Uint8Array.of(1, 2, 3, 4, 5, 6)],
      ['tRNS', Uint8Array.of(255, 7)],
    ]);
    expect((await decodeImage(palette, '')).rgba).toEqual(Uint8Array.of(4, 5, 6, 7, 1, 2, 3, 255));
    const grey = rawPng(3, 1, 1, 0, Uint8Array.of(0, 0b10100000));
    expect((await decodeImage(grey, '')).rgba).toEqual(
      Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 255, 255, 255, 255, 255),
    );
  });

  it('rounds 16-bit channels to the nearest byte', async () => {
    const wide = [0, 128, 129, 0x7fff, 0x8000, 0xfffe, 0xffff, 257];
    const row = [0, ...wide.flatMap((value) => [value >> 8, value & 255])];
    const { rgba } = await decodeImage(rawPng(2, 1, 16, 6, Uint8Array.from(row)), '');
    expect(Array.from(rgba)).toEqual(wide.map((value) => Math.round((value * 255) / 65_535)));
  });

  it('ignores colour profiles and gamma', async () => {
    const gamma = new Uint8Array(4);
    new DataView(gamma.buffer).setUint32(0, 100_000);
    const png = rawPng(1, 1, 8, 2, Uint8Array.of(0, 100, 150, 200), [['gAMA', gamma]]);
    expect((await decodeImage(png, '')).rgba).toEqual(Uint8Array.of(100, 150, 200, 255));
  });

  it('reads JPEG, progressive too, close to what went in and the same every time', async () => {
    for (const progressive of [false, true]) {
      const picture = gradient(32, 24);
      const jpeg = await encodePicture(picture, 'jpeg', { quality: 95, progressive });
      const image = await decodeImage(jpeg, 'photo');
      expect([image.width, image.height]).toEqual([32, 24]);
      image.rgba.forEach((value, i) => {
        expect(Math.abs(value - (picture.data[i] ?? 0))).toBeLessThan(12);
      });
      expect(await decodeImage(jpeg, 'photo')).toEqual(image);
    }
  });

  it('brings back a lossless WebP exactly, transparency included', async () => {
    const picture = gradient(20, 30, 77);
    const webp = await encodePicture(picture, 'webp', { lossless: 1, exact: 1 });
    expect((await decodeImage(webp, 'x')).rgba).toEqual(Uint8Array.from(picture.data));
  });

  it('can still decode after a damaged image', async () => {
    const { width, height, data } = gradient(16, 16);
    const png = encodePng(data, width, height);
    const jpeg = await encodePicture({ width, height, data }, 'jpeg', {});
    const webp = await encodePicture({ width, height, data }, 'webp', {});
    for (const good of [png, jpeg, webp]) {
      const before = await decodeImage(good, 'good');
      for (const length of [40, good.length >> 1]) {
        const cut = good.subarray(0, length);
        // A cut JPEG may still decode, grey where data is missing; anything else must be said.
        await decodeImage(cut, 'cut').catch((error: unknown) => {
          expect(error).toMatchObject({ part: 'image "cut"', code: 'image-damaged' });
        });
      }
      expect(await decodeImage(good, 'good')).toEqual(before);
    }
  });
});

describe('readImageHeader', () => {
  it('knows format and size of every kind from the first bytes alone', async () => {
    const picture = gradient(37, 21, 200);
    const opaque = gradient(37, 21);
    const size = { width: 37, height: 21 };
    const cases = [
      [encodePng(picture.data, 37, 21), 'png'],
      [await encodePicture(opaque, 'jpeg', {}), 'jpeg'],
      [await encodePicture(opaque, 'webp', { lossless: 0 }), 'webp'],
      [await encodePicture(picture, 'webp', { lossless: 0 }), 'webp'],
      [await encodePicture(picture, 'webp', { lossless: 1 }), 'webp'],
    ] as const;
    for (const [bytes, format] of cases) expect(readImageHeader(bytes)).toEqual({ format, ...size });
    expect(readImageHeader(new TextEncoder().encode('GIF89a'))).toBe('damaged');
    expect(readImageHeader(new TextEncoder().encode('DDS |'))).toBe('unknown');
    expect(readImageHeader(cases[1][0].subarray(0, 12))).toBe('damaged');
  });
});
