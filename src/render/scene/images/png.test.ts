/** PNGs of every kind, filter and order, against what went in and against another decoder (the png crate). */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { zlibSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { crc32, seededRandom } from '../../../runtime/index.ts';
import { decodeImage } from './testing.ts';

interface Kind {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colourType: number;
  readonly isInterlaced?: boolean;
  /** Of each row, by its number in the file. */
  readonly filter?: (row: number) => number;
  readonly chunks?: readonly (readonly [type: string, data: readonly number[]])[];
}

const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const PASSES = [
  ...[
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
  ],
] as const;

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

/** @param sample the value of a channel of a pixel, in the picture's own depth */
function png(kind: Kind, sample: (x: number, y: number, channel: number) => number): Uint8Array {
  const { width, height, depth, colourType, isInterlaced = false, filter = () => 0, chunks = [] } = kind;
  const channels = CHANNELS[colourType] ?? 1;
  const step = Math.max(1, (channels * depth) >> 3);
  const rows: number[] = [];
  let number = 0;
  for (const [left = 0, top = 0, across = 1, down = 1] of isInterlaced ? PASSES : [[0, 0, 1, 1]]) {
    const columns = Math.ceil((width - left) / across);
    if (columns <= 0) continue;
    let above = new Uint8Array(Math.ceil((columns * channels * depth) / 8));
    for (let y = top; y < height; y += down) {
      const line = new Uint8Array(above.length);
      for (let i = 0; i < columns * channels; i++) {
        const value = sample(left + across * Math.floor(i / channels), y, i % channels);
        if (depth === 16) line.set([value >> 8, value & 255], 2 * i);
        else
          line[(i * depth) >> 3] = (line[(i * depth) >> 3] ?? 0) | (value << (8 - depth - ((i * depth) & 7)));
      }
      const way = filter(number++);
      rows.push(way, ...line.map((value, i) => value - predicted(way, line, above, i, step)));
      above = line;
    }
  }
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, width);
  new DataView(header.buffer).setUint32(4, height);
  header.set([depth, colourType, 0, 0, isInterlaced ? 1 : 0], 8);
  const packed = zlibSync(Uint8Array.from(rows));
  const parts = [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10),
    chunk('IHDR', header),
    ...chunks.map(([type, data]) => chunk(type, Uint8Array.from(data))),
    // In two pieces, as most writers cut it.
    chunk('IDAT', packed.subarray(0, packed.length >> 1)),
    chunk('IDAT', packed.subarray(packed.length >> 1)),
    chunk('IEND', new Uint8Array()),
  ];
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function predicted(way: number, line: Uint8Array, above: Uint8Array, i: number, step: number): number {
  const left = i >= step ? (line[i - step] ?? 0) : 0;
  const up = above[i] ?? 0;
  const corner = i >= step ? (above[i - step] ?? 0) : 0;
  const toLeft = Math.abs(up - corner);
  const toUp = Math.abs(left - corner);
  const toCorner = Math.abs(left + up - 2 * corner);
  const paeth = toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
  return [0, left, up, (left + up) >> 1, paeth][way] ?? 0;
}

let byCrate: (bytes: Uint8Array) => Uint8Array;
beforeAll(async () => {
  const codec = await import('@jsquash/png/codec/pkg/squoosh_png.js');
  const path = createRequire(import.meta.url).resolve('@jsquash/png/codec/pkg/squoosh_png_bg.wasm');
  codec.initSync(await WebAssembly.compile(Uint8Array.from(await readFile(path))));
  byCrate = (bytes) => Uint8Array.from(codec.decode(bytes).data);
});

const random = seededRandom(5);
/** Rows that predict the next badly, so that every filter and tie matters. */
const noise = (most: number) => {
  const values = new Map<string, number>();
  return (x: number, y: number, channel: number): number => {
    const key = `${x} ${y} ${channel}`;
    const value = values.get(key) ?? (random.bytes(2)[0] ?? 0) % (most + 1);
    values.set(key, value);
    return value;
  };
};

describe('a PNG', () => {
  const kinds = [0, 2, 4, 6].flatMap((colourType) => [{ colourType, depth: 8 }]);
  it.each([...kinds, { colourType: 0, depth: 1 }, { colourType: 0, depth: 2 }, { colourType: 0, depth: 4 }])(
    'of kind $colourType with $depth bits is the same by every filter, in order or interlaced',
    async ({ colourType, depth }) => {
      const sample = noise(depth === 8 ? 7 : 2 ** depth - 1);
      const shape = { width: 13, height: 11, depth, colourType };
      const expected = byCrate(png(shape, sample));
      for (const isInterlaced of [false, true]) {
        for (const way of [0, 1, 2, 3, 4, 5]) {
          const filter = way === 5 ? (row: number) => row % 5 : () => way;
          const { rgba } = await decodeImage(png({ ...shape, isInterlaced, filter }, sample), 'x');
          expect(Buffer.compare(rgba, expected), `filter ${way}, ${isInterlaced}`).toBe(0);
        }
      }
    },
  );

  it('interlaced may be narrower than its passes', async () => {
    const shape = { width: 1, height: 3, depth: 8, colourType: 0 };
    const { rgba } = await decodeImage(
      png({ ...shape, isInterlaced: true }, (_, y) => 100 + y),
      'x',
    );
    expect([rgba[0], rgba[4], rgba[8]]).toEqual([100, 101, 102]);
  });

  it('has the one colour hidden that its tRNS names', async () => {
    const grey = png(
      { width: 2, height: 1, depth: 8, colourType: 0, chunks: [['tRNS', [0, 7]]] },
      (x) => 7 + x,
    );
    expect(Array.from((await decodeImage(grey, 'x')).rgba)).toEqual([7, 7, 7, 0, 8, 8, 8, 255]);
    const chunks = [['tRNS', [0, 1, 0, 2, 0, 3]]] as const;
    const rgb = png(
      { width: 2, height: 1, depth: 8, colourType: 2, chunks },
      (x, _, c) => c + 1 + (c === 2 ? x : 0),
    );
    expect(Array.from((await decodeImage(rgb, 'x')).rgba)).toEqual([1, 2, 3, 0, 1, 2, 4, 255]);
  });

  it('of 16 bits is rounded to the nearest of 255ths', async () => {
    const values = [0, 128, 129, 0x7fff, 0x8000, 0xffff];
    const wide = png({ width: 6, height: 1, depth: 16, colourType: 0 }, (x) => values[x] ?? 0);
    const { rgba } = await decodeImage(wide, 'x');
    expect(Array.from(rgba.filter((_, i) => i % 4 === 0))).toEqual(
      values.map((value) => Math.round(value / 257)),
    );
  });

  it('with a wrong checksum, an unknown filter, or no palette is damaged', async () => {
    const shape = { width: 4, height: 4, depth: 8, colourType: 2 };
    const good = png(shape, noise(255));
    const idat = new TextDecoder('latin1').decode(good).indexOf('IDAT');
    await expect(decodeImage(good.with(idat + 6, 255 - (good[idat + 6] ?? 0)), 'x')).rejects.toThrow(
      'is a damaged PNG: its IDAT has a wrong checksum',
    );
    await expect(decodeImage(png({ ...shape, filter: () => 9 }, noise(255)), 'x')).rejects.toThrow(
      'unknown filter 9',
    );
    await expect(
      decodeImage(
        png({ ...shape, colourType: 3 }, () => 0),
        'x',
      ),
    ).rejects.toThrow('it has no palette');
    await expect(
      decodeImage(
        png({ ...shape, depth: 4 }, () => 0),
        'x',
      ),
    ).rejects.toThrow('of 4 bits');
  });
});
