import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { unzlibSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { encodePng } from './encode-png.ts';

type Decoded = { readonly data: Uint8ClampedArray; readonly width: number; readonly height: number };
let decode: (png: Uint8Array) => Decoded;

beforeAll(async () => {
  const codec = await import('@jsquash/png/codec/pkg/squoosh_png.js');
  const path = createRequire(import.meta.url).resolve('@jsquash/png/codec/pkg/squoosh_png_bg.wasm');
  codec.initSync(await readFile(path));
  decode = codec.decode;
});

function chunksOf(png: Uint8Array): { type: string; data: Uint8Array }[] {
  const view = new DataView(png.buffer, png.byteOffset);
  const chunks = [];
  for (let at = 8; at < png.length; ) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...png.subarray(at + 4, at + 8));
    chunks.push({ type, data: png.subarray(at + 8, at + 8 + length) });
    at += 12 + length;
  }
  return chunks;
}

/** The 16-bit RGB words of a PNG, by the specification's reconstruction functions. */
function unfiltered(png: Uint8Array, width: number, height: number): Uint16Array {
  const rows = unzlibSync(chunksOf(png).find(({ type }) => type === 'IDAT')?.data ?? new Uint8Array());
  const rowBytes = 6 * width;
  const bytes = new Uint8Array(rowBytes * height);
  const at = (x: number, y: number) => (x < 0 || y < 0 ? 0 : (bytes[y * rowBytes + x] ?? 0));
  for (let y = 0; y < height; y++) {
    const filter = rows[y * (rowBytes + 1)];
    for (let x = 0; x < rowBytes; x++) {
      const [a, b, c] = [at(x - 6, y), at(x, y - 1), x < 6 ? 0 : at(x - 6, y - 1)];
      const estimate = a + b - c;
      const [pa, pb, pc] = [Math.abs(estimate - a), Math.abs(estimate - b), Math.abs(estimate - c)];
      const paeth = pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
      const prediction = [0, a, b, (a + b) >> 1, paeth][filter ?? 0] ?? 0;
      bytes[y * rowBytes + x] = (rows[y * (rowBytes + 1) + 1 + x] ?? 0) + prediction;
    }
  }
  return Uint16Array.from(
    { length: 3 * width * height },
    (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0),
  );
}

/** A picture with smooth, flat and noisy rows, so that every filter is the best one somewhere. */
function picture(width: number, height: number): Uint8Array {
  const random = seededRandom(7);
  const rgba = new Uint8Array(4 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const noise = y % 3 === 0 ? random.uint32() & 0xff : 0;
      rgba.set([(3 * x + noise) & 255, (5 * y + noise) & 255, (x * y) & 255, 255], 4 * (y * width + x));
    }
  }
  return rgba;
}

describe('encodePng', () => {
  it.each([
    [1, 1],
    [7, 5],
    [64, 33],
    [256, 100],
  ])('writes %i x %i pixels that an independent decoder reads back', (width, height) => {
    const rgba = picture(width, height);
    const decoded = decode(encodePng(rgba, width, height));
    expect([decoded.width, decoded.height]).toEqual([width, height]);
    expect(Uint8Array.from(decoded.data)).toEqual(rgba);
  });

  it.each([
    [1, 1],
    [7, 5],
    [100, 40],
  ])('writes %i x %i pixels of 16 bits, high byte first, that unfilter to themselves', (width, height) => {
    const words = Uint16Array.from(picture(width, height), (byte, i) => (byte << 8) | ((31 * i) & 255));
    const png = encodePng(words, width, height);
    const [header] = chunksOf(png);
    expect(Array.from(header?.data.subarray(8) ?? [])).toEqual([16, 2, 0, 0, 0]);
    const rgb = words.filter((_, i) => i % 4 < 3);
    expect(unfiltered(png, width, height)).toEqual(rgb);
    // The independent decoder gives 8 bits: the high bytes, give or take its rounding.
    const decoded = decode(png);
    for (let i = 0; i < decoded.data.length; i++) {
      if (i % 4 < 3) expect(Math.abs((decoded.data[i] ?? 0) - (words[i] ?? 0) / 257)).toBeLessThanOrEqual(1);
    }
  });

  it('says that the picture is sRGB before the pixels, and keeps texts readable', () => {
    const png = encodePng(picture(4, 4), 4, 4, { texts: { Software: 'Leafcutter', Samples: '64 → ok' } });
    const chunks = chunksOf(png);
    expect(chunks.map(({ type }) => type)).toEqual(['IHDR', 'sRGB', 'iTXt', 'iTXt', 'IDAT', 'IEND']);
    const text = new TextDecoder().decode(chunks[3]?.data);
    expect(text.split('\0')).toEqual(['Samples', '', '', '', '', '64 → ok']);
  });

  it('makes smooth rows smaller by filtering them', () => {
    const width = 256;
    const gradient = Uint8Array.from({ length: 4 * width * 64 }, (_, i) =>
      i % 4 === 3 ? 255 : (i >> 2) % width,
    );
    const data = chunksOf(encodePng(gradient, width, 64)).find(({ type }) => type === 'IDAT')?.data;
    const rows = unzlibSync(data ?? new Uint8Array());
    expect(new Set(Array.from({ length: 64 }, (_, y) => rows[y * (3 * width + 1)]))).not.toContain(0);
  });

  it('gives the same bytes for the same pixels', () => {
    expect(encodePng(picture(32, 32), 32, 32)).toEqual(encodePng(picture(32, 32), 32, 32));
  });

  it('refuses pixels that do not fit the size and keywords that PNG cannot hold', () => {
    expect(() => encodePng(new Uint8Array(15), 2, 2)).toThrow('15 values are not 2 x 2');
    expect(() => encodePng(new Uint8Array(16), 2, 2, { texts: { ' x': '' } })).toThrow('keyword');
  });
});
