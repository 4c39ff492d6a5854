import { unzlibSync } from 'fflate';
import { DataUtils, FloatType, HalfFloatType } from 'three';
import { EXRLoader } from 'three/examples/jsm/loaders/EXRLoader.js';
import { describe, expect, it } from 'vitest';
import { seededRandom, uniform } from '../../../runtime/index.ts';
import { encodeExr } from './encode-exr.ts';
import { FAR_DEPTH } from './layers.ts';

const random = seededRandom(3);

function floats(count: number, top = 4): Float32Array {
  return Float32Array.from({ length: count }, () => top * uniform(random));
}

/** R, G, B of the file as three.js reads them, top row first. */
function readBack(
  exr: Uint8Array<ArrayBuffer>,
  type: typeof FloatType | typeof HalfFloatType = FloatType,
): number[] {
  const { data, width = 0, height = 0 } = new EXRLoader().setDataType(type).parse(exr.buffer);
  const rgb: number[] = [];
  for (let y = height - 1; y >= 0; y--) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) rgb.push(Number(data?.[4 * (y * width + x) + c]));
    }
  }
  return rgb;
}

const SIZES = [
  [1, 1],
  [7, 5],
  [33, 16],
  [20, 17],
  [64, 50],
] as const;

describe('encodeExr', () => {
  for (const compression of ['zip', 'none'] as const) {
    it.each(SIZES)(
      `writes %i x %i floats (${compression}) that three.js reads back bit for bit`,
      (width, height) => {
        const picture = floats(3 * width * height, 1000);
        expect(readBack(encodeExr(picture, width, height, { compression }))).toEqual(Array.from(picture));
      },
    );

    it.each(SIZES)(`writes %i x %i halves (${compression}) within their precision`, (width, height) => {
      const picture = floats(3 * width * height);
      const halves = readBack(
        encodeExr(picture, width, height, { compression, pixelType: 'half' }),
        HalfFloatType,
      );
      picture.forEach((value, i) => {
        const back = DataUtils.fromHalfFloat(halves[i] ?? 0);
        expect(Math.abs(back - value)).toBeLessThanOrEqual(value * 2 ** -11 + 2 ** -25);
      });
    });
  }

  it('makes a smooth picture much smaller', () => {
    const smooth = Float32Array.from({ length: 3 * 128 * 64 }, (_, i) => Math.floor(i / 3) / 512);
    const none = encodeExr(smooth, 128, 64, { compression: 'none' });
    expect(encodeExr(smooth, 128, 64).length).toBeLessThan(none.length / 3);
  });

  it('keeps the picture readable beside all layers, float or half', () => {
    const [width, height] = [9, 21];
    const pixels = width * height;
    const picture = floats(3 * pixels);
    const layers = {
      albedo: floats(3 * pixels, 1),
      normal: floats(3 * pixels, 1),
      depth: floats(pixels, 50),
      samples: new Uint32Array(pixels).fill(4097),
    };
    expect(readBack(encodeExr(picture, width, height, { layers }))).toEqual(Array.from(picture));
    const half = readBack(encodeExr(picture, width, height, { layers, pixelType: 'half' }));
    picture.forEach((value, i) => {
      expect(Math.abs((half[i] ?? 0) - value)).toBeLessThanOrEqual(value * 2 ** -11);
    });
  });

  it('writes each layer under its name, in alphabetic order, depth and samples never as half', () => {
    const layers = {
      albedo: Float32Array.of(0.5, 0.25, 0.125),
      normal: Float32Array.of(0, 1, -1),
      depth: Float32Array.of(1234.567),
      samples: Uint32Array.of(4097),
    };
    const file = parse(encodeExr(Float32Array.of(1, 2, 3), 1, 1, { layers, pixelType: 'half' }));
    expect(file.channels).toEqual([
      { name: 'B', bytes: 2 },
      { name: 'G', bytes: 2 },
      { name: 'R', bytes: 2 },
      { name: 'albedo.B', bytes: 2 },
      { name: 'albedo.G', bytes: 2 },
      { name: 'albedo.R', bytes: 2 },
      { name: 'depth.Z', bytes: 4 },
      { name: 'normal.X', bytes: 2 },
      { name: 'normal.Y', bytes: 2 },
      { name: 'normal.Z', bytes: 2 },
      { name: 'samples.N', bytes: 4 },
    ]);
    expect(file.firstPixel).toEqual([3, 2, 1, 0.125, 0.25, 0.5, Math.fround(1234.567), 0, 1, -1, 4097]);
  });

  it('puts what no ray hit far away', () => {
    const { firstPixel } = parse(
      encodeExr(new Float32Array(3), 1, 1, { layers: { depth: Float32Array.of(0) } }),
    );
    expect(firstPixel[3]).toBe(Math.fround(FAR_DEPTH));
  });

  it('says which colours it means and what the texts say', () => {
    const { attributes } = parse(
      encodeExr(new Float32Array(3), 1, 1, { texts: { software: 'Leafcutter', comments: 'größer' } }),
    );
    const colours = attributes.get('chromaticities');
    expect(colours?.getFloat32(0, true)).toBeCloseTo(0.64);
    expect(colours?.getFloat32(28, true)).toBeCloseTo(0.329);
    const text = (name: string) => new TextDecoder().decode(attributes.get(name));
    expect([text('software'), text('comments')]).toEqual(['Leafcutter', 'größer']);
  });

  it('refuses layers of another size and names that the format cannot hold', () => {
    const picture = new Float32Array(12);
    expect(() => encodeExr(picture, 3, 2)).toThrow('12 values are not 3 for each of 6 pixels');
    expect(() => encodeExr(picture, 2, 2, { layers: { depth: new Float32Array(5) } })).toThrow('"depth."');
    for (const name of ['', 'channels', 'x'.repeat(32), 'a\0b', 'ä']) {
      expect(() => encodeExr(picture, 2, 2, { texts: { [name]: '' } }), name).toThrow('cannot be the name');
    }
  });
});

/** A reader of one-pixel files, by the specification. */
function parse(exr: Uint8Array<ArrayBuffer>) {
  const view = new DataView(exr.buffer);
  let at = 8;
  const word = () => {
    const end = exr.indexOf(0, at);
    const text = new TextDecoder().decode(exr.subarray(at, end));
    at = end + 1;
    return text;
  };
  const attributes = new Map<string, DataView>();
  for (let name = word(); name; name = word()) {
    word();
    const size = view.getInt32(at, true);
    attributes.set(name, new DataView(exr.buffer, at + 4, size));
    at += 4 + size;
  }
  const list = attributes.get('channels');
  const channels: { name: string; bytes: number }[] = [];
  if (list) {
    at = list.byteOffset;
    for (let name = word(); name; name = word()) {
      channels.push({ name, bytes: view.getInt32(at, true) === 1 ? 2 : 4 });
      at += 16;
    }
    at = list.byteOffset + list.byteLength;
  }
  const end =
    [...attributes.values()].reduce(
      (last, { byteOffset, byteLength }) => Math.max(last, byteOffset + byteLength),
      0,
    ) + 1;
  const chunk = Number(view.getBigUint64(end, true));
  const size = channels.reduce((sum, { bytes }) => sum + bytes, 0);
  const packed = exr.subarray(chunk + 8, chunk + 8 + view.getInt32(chunk + 4, true));
  const line = packed.length === size ? packed : unpredicted(unzlibSync(packed));
  const data = new DataView(line.buffer, line.byteOffset);
  at = 0;
  const firstPixel = channels.map(({ bytes }) => {
    const value = bytes === 2 ? DataUtils.fromHalfFloat(data.getUint16(at, true)) : data.getFloat32(at, true);
    at += bytes;
    return value;
  });
  return { attributes, channels, firstPixel };
}

function unpredicted(bytes: Uint8Array): Uint8Array {
  for (let i = 1; i < bytes.length; i++) bytes[i] = (bytes[i - 1] ?? 0) + (bytes[i] ?? 0) - 128;
  const half = (bytes.length + 1) >> 1;
  return bytes.map((_, i) => bytes[(i & 1 ? half : 0) + (i >> 1)] ?? 0);
}
