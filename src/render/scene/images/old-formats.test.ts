/** BMP, TGA, GIF and JPEG of four colours, made byte by byte. */
import { describe, expect, it } from 'vitest';
import { readImageHeader } from './image-header.ts';
import { decodeImage } from './testing.ts';

const RED = [255, 0, 0, 255];
const GREEN = [0, 255, 0, 255];
const BLUE = [0, 0, 255, 255];
const WHITE = [255, 255, 255, 255];
/** Two by two: red, green / blue, white. */
const QUARTERS = [...RED, ...GREEN, ...BLUE, ...WHITE];

const texels = async (bytes: Uint8Array): Promise<number[]> =>
  Array.from((await decodeImage(bytes, 'x')).rgba);
const u16 = (...values: number[]): number[] => values.flatMap((value) => [value & 255, (value >> 8) & 255]);
const u32 = (...values: number[]): number[] =>
  values.flatMap((value) => [0, 8, 16, 24].map((shift) => (value >> shift) & 255));

interface Bitmap {
  readonly depth: number;
  readonly rows: readonly number[];
  readonly height?: number;
  readonly compression?: number;
  /** Palette or masks. */
  readonly table?: readonly number[];
  readonly colours?: number;
}

function bmp({ depth, rows, height = 2, compression = 0, table = [], colours = 0 }: Bitmap): Uint8Array {
  const start = 54 + table.length;
  return Uint8Array.from([
    ...[0x42, 0x4d, ...u32(start + rows.length, 0, start), ...u32(40, 2, height), ...u16(1, depth)],
    ...[...u32(compression, rows.length, 2835, 2835, colours, 0), ...table, ...rows],
  ]);
}

describe('a picture whose size is a lie', () => {
  const lie = async (bytes: Uint8Array): Promise<string> =>
    decodeImage(bytes, 'x').then(
      () => 'read',
      (error: Error) => error.message,
    );

  it('takes no memory where its bytes cannot be of that size', async () => {
    const large = new DataView(bmp({ depth: 24, rows: new Array(16).fill(0) }).buffer);
    large.setInt32(18, 16_384, true);
    large.setInt32(22, -16_384, true);
    expect(await lie(new Uint8Array(large.buffer))).toBe('image "x": is a BMP that is cut short');
    // Start of frame: 16384 x 16384 of three colours.
    const jpeg = [
      0xff, 0xd8, 0xff, 0xc0, 0, 17, 8, 0x40, 0, 0x40, 0, 3, 1, 0x11, 0, 2, 0x11, 1, 3, 0x11, 1, 0xff, 0xd9,
    ];
    expect(await lie(Uint8Array.from(jpeg))).toBe('image "x": is a JPEG that is cut short');
    expect(
      readImageHeader(
        Uint8Array.from([0, 0, 10, ...new Array(9).fill(0), ...u16(9000, 9000), 32, 8, 1, 2, 3, 4, 5]),
      ),
    ).toBe('unknown');
  });

  it('of four colours is not opened where its decoder would take all memory', async () => {
    const jpeg = new Uint8Array(200_000);
    jpeg.set([
      0xff, 0xd8, 0xff, 0xc0, 0, 20, 8, 0x40, 0, 0x40, 0, 4, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0,
    ]);
    expect(await lie(jpeg)).toBe(
      'image "x": is a JPEG of four colours (CMYK) with 16384 x 16384 pixels; save it in three (RGB)',
    );
  });
});

describe('a BMP', () => {
  it('of 24 bits has its rows from the bottom, or with a negative height from the top', async () => {
    const upper = [0, 0, 255, 0, 255, 0, 0, 0];
    const lower = [255, 0, 0, 255, 255, 255, 0, 0];
    expect(await texels(bmp({ depth: 24, rows: [...lower, ...upper] }))).toEqual(QUARTERS);
    expect(await texels(bmp({ depth: 24, rows: [...upper, ...lower], height: -2 }))).toEqual(QUARTERS);
  });

  it('of OS/2 has a shorter header and a palette of three bytes a colour', async () => {
    const core = (depth: number, table: readonly number[], rows: readonly number[]): Uint8Array =>
      Uint8Array.from([
        ...[0x42, 0x4d, ...u32(26 + table.length + rows.length, 0, 26 + table.length), ...u32(12)],
        ...[...u16(2, 2, 1, depth), ...table, ...rows],
      ]);
    const rows = [255, 0, 0, 255, 255, 255, 0, 0, 0, 0, 255, 0, 255, 0, 0, 0];
    expect(await texels(core(24, [], rows))).toEqual(QUARTERS);
    const table = [0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255];
    expect(await texels(core(8, table, [2, 3, 0, 0, 0, 1, 0, 0]))).toEqual(QUARTERS);
  });

  it('of a palette, plain and in runs', async () => {
    const table = [0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0, 255, 255, 255, 0];
    const common = { table, colours: 4 };
    expect(await texels(bmp({ ...common, depth: 8, rows: [2, 3, 0, 0, 0, 1, 0, 0] }))).toEqual(QUARTERS);
    expect(await texels(bmp({ ...common, depth: 4, rows: [0x23, 0, 0, 0, 0x01, 0, 0, 0] }))).toEqual(
      QUARTERS,
    );
    const runs = [1, 2, 1, 3, 0, 0, 0, 2, 0, 1, 0, 1];
    const literal = [1, 2, 1, 3, 0, 0, 1, 0, 1, 1, 0, 1];
    expect(await texels(bmp({ ...common, depth: 8, compression: 1, rows: literal }))).toEqual(QUARTERS);
    expect((await texels(bmp({ ...common, depth: 8, compression: 1, rows: runs }))).slice(8)).toEqual([
      ...BLUE,
      ...WHITE,
    ]);
    const nibbles = [2, 0x23, 0, 0, 2, 0x01, 0, 1];
    expect(await texels(bmp({ ...common, depth: 4, compression: 2, rows: nibbles }))).toEqual(QUARTERS);
  });

  it('of 16 and 32 bits has its channels where the masks say', async () => {
    const rows16 = [...u16(0x1f, 0x7fff), ...u16(0x7c00, 0x3e0)];
    expect(await texels(bmp({ depth: 16, rows: rows16 }))).toEqual(QUARTERS);
    const masks = u32(0xff, 0xff00, 0xff0000);
    const rows32 = [...u32(0xff0000, 0xffffff), ...u32(0xff, 0xff00)];
    expect(await texels(bmp({ depth: 32, compression: 3, table: masks, rows: rows32 }))).toEqual(QUARTERS);
  });
});

function tga(
  type: number,
  depth: number,
  pixels: readonly number[],
  descriptor = 0x20,
  map: readonly number[] = [],
) {
  const header = [0, map.length > 0 ? 1 : 0, type, ...u16(0, map.length / 3), map.length > 0 ? 24 : 0];
  return Uint8Array.from([...header, ...u16(0, 0, 2, 2), depth, descriptor, ...map, ...pixels]);
}

describe('a TGA', () => {
  const bgr = [0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255];

  it('of true colour, from any corner, with alpha where its descriptor says so', async () => {
    expect(await texels(tga(2, 24, bgr))).toEqual(QUARTERS);
    const [r, g, b, w] = [bgr.slice(0, 3), bgr.slice(3, 6), bgr.slice(6, 9), bgr.slice(9)];
    expect(await texels(tga(2, 24, [b, w, r, g].flat(), 0))).toEqual(QUARTERS);
    expect(await texels(tga(2, 24, [w, b, g, r].flat(), 0x10))).toEqual(QUARTERS);
    const faint = bgr.flatMap((value, i) => (i % 3 === 2 ? [value, 7] : [value]));
    expect((await texels(tga(2, 32, faint, 0x28)))[3]).toBe(7);
    expect((await texels(tga(2, 32, faint)))[3]).toBe(255);
    expect(await texels(tga(2, 16, u16(0x7c00, 0x3e0, 0x1f, 0x7fff)))).toEqual(QUARTERS);
  });

  it('of a palette, of greys, and in runs', async () => {
    expect(await texels(tga(1, 8, [0, 1, 2, 3], 0x20, bgr))).toEqual(QUARTERS);
    expect((await texels(tga(3, 8, [0, 50, 100, 255]))).filter((_, i) => i % 4 === 1)).toEqual([
      0, 50, 100, 255,
    ]);
    const runs = [0x80, 0, 0, 255, 2, 0, 255, 0, 255, 0, 0, 255, 255, 255];
    expect(await texels(tga(10, 24, runs))).toEqual(QUARTERS);
    expect(await texels(tga(10, 24, [0x83, 0, 0, 255]))).toEqual([...RED, ...RED, ...RED, ...RED]);
    await expect(texels(tga(10, 24, [0x80, 0, 0, 255]))).rejects.toThrow('is a damaged TGA: it is cut short');
  });

  it('is not seen in what is something else', () => {
    expect(readImageHeader(tga(2, 24, bgr.slice(0, 11)))).toBe('unknown');
    expect(readImageHeader(tga(2, 23, bgr))).toBe('unknown');
    expect(readImageHeader(tga(4, 24, bgr))).toBe('unknown');
  });
});

/** LZW codes of fixed width: a clear code before each, so that the width never grows. */
function gif(
  indices: readonly number[],
  { transparent = -1, isInterlaced = false, height = 2 } = {},
): Uint8Array {
  const palette = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255];
  const codes = [...indices.flatMap((index) => [4, index]), 5];
  const bytes: number[] = [];
  codes.forEach((code, i) => {
    for (let bit = 0; bit < 3; bit++) {
      const at = 3 * i + bit;
      bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (((code >> bit) & 1) << (at & 7));
    }
  });
  const control = transparent < 0 ? [] : [0x21, 0xf9, 4, 1, 0, 0, transparent, 0];
  return Uint8Array.from([
    ...[...'GIF89a'].map((letter) => letter.charCodeAt(0)),
    ...[...u16(2, height), 0x81, 0, 0, ...palette, ...control],
    ...[0x2c, ...u16(0, 0, 2, height), isInterlaced ? 0x40 : 0, 2, bytes.length, ...bytes, 0, 0x3b],
  ]);
}

describe('a GIF', () => {
  it('has its first picture shown, with what is transparent', async () => {
    expect(await texels(gif([0, 1, 2, 3]))).toEqual(QUARTERS);
    expect((await texels(gif([0, 1, 2, 3], { transparent: 1 }))).slice(4, 8)).toEqual([0, 0, 0, 0]);
  });

  it('with interlaced rows has each in its place', async () => {
    const rows = await texels(gif([0, 0, 2, 2, 1, 1, 3, 3], { isInterlaced: true, height: 4 }));
    expect(rows).toEqual([RED, RED, GREEN, GREEN, BLUE, BLUE, WHITE, WHITE].flat());
  });

  it('whose strings grow is unpacked as it was packed', async () => {
    // 0, then the string 0 0 (code 6), then 0 0 0 (code 7): six pixels of colour 0 by codes that are made as they are read.
    const packed = [4, 0, 6, 7, 5];
    const bits = packed.map((code, i) => code * 2 ** (3 * i)).reduce((sum, value) => sum + value, 0);
    const picture = gif([0, 0, 0, 0, 0, 0], { height: 3 });
    const at = picture.lastIndexOf(0x2c) + 11;
    const bytes = [...picture.subarray(0, at), 2, bits & 255, (bits >> 8) & 255, 0, 0x3b];
    expect(await texels(Uint8Array.from(bytes))).toEqual([RED, RED, RED, RED, RED, RED].flat());
  });

  it('that is cut short or damaged is told so', async () => {
    await expect(texels(gif([0, 1, 2, 3]).subarray(0, 30))).rejects.toThrow('is a GIF that is cut short');
    await expect(texels(gif([0, 1, 2, 3]).with(25, 0x00))).rejects.toThrow('damaged GIF');
  });
});

describe('a JPEG of cyan, magenta, yellow and black', () => {
  it('is shown in colours of light', async () => {
    const { default: jpeg } = await import('jpeg-js');
    // The encoder only writes three colours: a frame of four is made by hand, of one block a channel, each of a single value.
    const bytes = cmykJpeg([255, 0, 0, 255]);
    expect(jpeg.decode(bytes, { useTArray: true }).width).toBe(8);
    const [r = 0, g = 0, b = 0] = await texels(bytes);
    // Adobe's are inverted: no cyan is 255.
    expect(r).toBeGreaterThan(250);
    expect(Math.max(g, b)).toBeLessThan(5);
  });
});

/** Eight by eight pixels of one colour: only the mean of each channel is coded. */
function cmykJpeg(values: readonly number[]): Uint8Array {
  const segment = (marker: number, data: readonly number[]): number[] => [
    ...[0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 255],
    ...data,
  ];
  // All sixteen sizes as codes of four bits, but the last, which must not be all ones.
  const dc = [0, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...Array.from({ length: 12 }, (_, i) => i)];
  // One code: the block ends.
  const ac = [0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  let bits = '';
  for (const value of values) {
    const mean = (value - 128) * 8;
    const size = mean === 0 ? 0 : Math.floor(Math.log2(Math.abs(mean))) + 1;
    bits += size.toString(2).padStart(4, '0');
    if (size > 0) bits += (mean > 0 ? mean : mean + 2 ** size - 1).toString(2).padStart(size, '0');
    bits += '0';
  }
  const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, '1');
  const scan = Array.from({ length: padded.length / 8 }, (_, i) =>
    Number.parseInt(padded.slice(8 * i, 8 * i + 8), 2),
  );
  const channels = [1, 2, 3, 4];
  return Uint8Array.from([
    ...[0xff, 0xd8],
    ...segment(0xee, [...[...'Adobe'].map((letter) => letter.charCodeAt(0)), 0, 100, 0, 0, 0, 0, 0]),
    ...segment(0xdb, [0, ...new Array<number>(64).fill(1)]),
    ...segment(0xc0, [8, 0, 8, 0, 8, 4, ...channels.flatMap((id) => [id, 0x11, 0])]),
    ...[...segment(0xc4, dc), ...segment(0xc4, ac)],
    ...segment(0xda, [4, ...channels.flatMap((id) => [id, 0]), 0, 63, 0]),
    ...scan.flatMap((byte) => (byte === 255 ? [255, 0] : [byte])),
    ...[0xff, 0xd9],
  ]);
}
