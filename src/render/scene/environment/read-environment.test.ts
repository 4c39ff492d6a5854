import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { encodeExr } from '../../output/index.ts';
import { readEnvironment, SceneError } from '../index.ts';
import { EnvironmentBuilder } from './environment-builder.ts';

const text = (value: string): number[] => Array.from(new TextEncoder().encode(value));

function hdr(pixels: readonly number[], size = '-Y 1 +X 2', header = ''): Uint8Array {
  return Uint8Array.from([...text(`#?RADIANCE\n${header}FORMAT=32-bit_rle_rgbe\n\n${size}\n`), ...pixels]);
}

/** RGBE whose exponent byte 136 leaves the mantissas as they are. */
const ONE = 136;
const read = async (bytes: Uint8Array) => {
  const { width, height, rgb } = await readEnvironment('sky.hdr', bytes);
  return { width, height, rgb: Array.from(rgb) };
};

/** Each plane of a scanline as one run or as literals, as real writers mix them. */
function planar(rgbe: readonly number[]): number[] {
  const width = rgbe.length / 4;
  const bytes = [2, 2, width >> 8, width & 255];
  for (let plane = 0; plane < 4; plane++) {
    const values = rgbe.filter((_, i) => i % 4 === plane);
    for (let x = 0; x < width; ) {
      let run = 1;
      while (x + run < width && run < 127 && values[x + run] === values[x]) run++;
      if (run > 2) bytes.push(128 + run, values[x] ?? 0);
      else {
        run = Math.min(2, width - x);
        bytes.push(run, ...values.slice(x, x + run));
      }
      x += run;
    }
  }
  return bytes;
}

describe('readEnvironment of a Radiance picture', () => {
  it('reads plain pixels: mantissas of 8 bits and one exponent', async () => {
    const { width, height, rgb } = await read(hdr([10, 20, 30, ONE, 255, 1, 0, ONE + 3]));
    expect({ width, height }).toEqual({ width: 2, height: 1 });
    expect(rgb).toEqual([10, 20, 30, 8 * 255, 8, 0]);
    expect((await read(hdr([10, 20, 30, 0, 128, 0, 0, 129]))).rgb).toEqual([0, 0, 0, 1, 0, 0]);
  });

  it('reads the old run-length encoding, with runs of more than 255', async () => {
    const tooLong = [7, 0, 0, ONE, 1, 1, 1, 3, 9, 0, 0, ONE, 1, 1, 1, 252, 1, 1, 1, 1];
    await expect(read(hdr(tooLong, '-Y 256 +X 512'))).rejects.toMatchObject({ code: 'image-damaged' });
    // 1 + 3 + 1 + 251 + 256 = 512 pixels a scanline: the second count of a row counts 256 times.
    const line = [7, 0, 0, ONE, 1, 1, 1, 3, 9, 0, 0, ONE, 1, 1, 1, 251, 1, 1, 1, 1];
    const lines = Array.from({ length: 256 }, () => line).flat();
    const map = await read(hdr(lines, '-Y 256 +X 512'));
    const reds = map.rgb.filter((_, i) => i % 3 === 0);
    expect(reds.slice(0, 6)).toEqual([7, 7, 7, 7, 9, 9]);
    expect(reds.at(-1)).toBe(9);
  });

  it('reads the new run-length encoding of any pixels', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(3), { minLength: 4 * 16, maxLength: 4 * 16 }), async (noise) => {
        const rgbe = noise.map((value, i) => (i % 4 === 3 ? ONE : value));
        const lines = Array.from({ length: 8 }, () => planar(rgbe)).flat();
        const map = await read(hdr(lines, '-Y 8 +X 16'));
        expect(map.rgb.slice(0, 48)).toEqual(rgbe.filter((_, i) => i % 4 < 3));
        expect(map.rgb.slice(-48)).toEqual(map.rgb.slice(0, 48));
      }),
      { numRuns: 50 },
    );
  });

  it('undoes exposures and turns what was stored mirrored or upside down', async () => {
    const pixels = [4, 0, 0, ONE, 8, 0, 0, ONE];
    expect((await read(hdr(pixels, '-Y 1 +X 2', 'EXPOSURE=2\n# by hand\nEXPOSURE= 2.0\n'))).rgb[0]).toBe(1);
    expect((await read(hdr(pixels, '-Y 1 -X 2'))).rgb[0]).toBe(8);
    const two = Array.from({ length: 8 }, (_, i) => [i, 0, 0, ONE]).flat();
    const map = await read(hdr(two, '+Y 2 +X 4'));
    expect(map.rgb.filter((_, i) => i % 3 === 0)).toEqual([4, 5, 6, 7, 0, 1, 2, 3]);
  });

  it.each([
    ['cut short', hdr([10, 20, 30, ONE]), 'image-damaged', /cut short or damaged/],
    [
      'without an end of its header',
      hdr([]).subarray(0, 20),
      'image-damaged',
      /cut short or damaged in its header; copy/,
    ],
    ['in XYZ', hdr([], '', 'FORMAT=32-bit_rle_xyze\n'), 'image-damaged', /only 32-bit_rle_rgbe is read/],
    ['on its side', hdr([], '+X 2 -Y 1'), 'image-damaged', /lies on its side/],
    ['of another shape', hdr([], '-Y 100 +X 100'), 'image-unsupported', /is 100 x 100; .* twice as wide/],
    ['too large', hdr([], '-Y 20000 +X 40000'), 'too-large', /up to 16384 x 8192 pixels/],
    ['that is a photo', Uint8Array.of(0xff, 0xd8, 0xff), 'image-unsupported', /neither Radiance/],
    ['that is empty', new Uint8Array(), 'image-unsupported', /neither Radiance/],
  ])('refuses one %s', async (_, bytes, code, message) => {
    const error = await readEnvironment('sky.hdr', bytes).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SceneError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(error).toMatchObject({ part: 'the environment "sky.hdr"' });
  });
});

/** Every texel says where it is: red its column, green its row. */
const ramp = (width: number, height: number) =>
  Float32Array.from({ length: 3 * width * height }, (_, i) => {
    const texel = Math.floor(i / 3);
    return i % 3 === 0 ? texel % width : i % 3 === 1 ? Math.floor(texel / width) : 0.25;
  });

describe('readEnvironment of an OpenEXR picture', () => {
  it('has the same rows and columns as the file, half or float, packed or not', async () => {
    const picture = ramp(40, 20);
    for (const pixelType of ['half', 'float'] as const) {
      for (const compression of ['none', 'zip'] as const) {
        const exr = encodeExr(picture, 40, 20, { pixelType, compression });
        // Not at the start of its buffer, as a slice of a larger file.
        const shifted = new Uint8Array(exr.length + 3);
        shifted.set(exr, 3);
        expect(await readEnvironment('sky.exr', shifted.subarray(3))).toEqual({
          width: 40,
          height: 20,
          rgb: picture,
        });
      }
    }
  });

  it('makes light of every value: none of what is negative or no number, the brightest of infinity', async () => {
    const odd = Float32Array.of(
      Number.NaN,
      -1,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      0.5,
      1e30,
    );
    const { rgb } = await readEnvironment('x.exr', encodeExr(odd, 2, 1, { compression: 'none' }));
    expect(Array.from(rgb)).toEqual([0, 0, 65_408, 0, 0.5, Math.fround(1e30)]);
  });

  it('refuses other shapes, sizes and damage with an error that says so', async () => {
    const exr = encodeExr(ramp(8, 4), 8, 4);
    await expect(readEnvironment('a', encodeExr(ramp(4, 4), 4, 4))).rejects.toMatchObject({
      code: 'image-unsupported',
    });
    await expect(readEnvironment('a', exr.subarray(0, 50))).rejects.toMatchObject({
      part: 'the environment "a"',
    });
    const sizeAt =
      new TextDecoder('latin1').decode(exr).indexOf('dataWindow') + 'dataWindow\0box2i\0'.length + 4;
    const huge = exr.slice();
    const view = new DataView(huge.buffer);
    view.setInt32(sizeAt + 8, 19_999, true);
    view.setInt32(sizeAt + 12, 9_999, true);
    await expect(readEnvironment('a', huge)).rejects.toMatchObject({ code: 'too-large' });
  });

  it('that is cut anywhere is told so in words for people, and nothing else is said', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const exr = encodeExr(ramp(16, 8), 16, 8);
    for (let length = 20; length < exr.length; length += 10) {
      await expect(readEnvironment('a', exr.subarray(0, length)), String(length)).rejects.toThrow(
        /^the environment "a": is cut short or damaged(?: in its header)?; copy or export it again$/,
      );
    }
    const strange = exr.slice();
    strange.set(text('v9f'), new TextDecoder('latin1').decode(exr).indexOf('v2f'));
    await readEnvironment('a', strange);
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  it('survives every damage', async () => {
    const exr = encodeExr(ramp(16, 8), 16, 8);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(exr.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        async (edits) => {
          const bytes = exr.slice();
          for (const [at, value] of edits) bytes[at] = value;
          const map = await readEnvironment('a', bytes).catch((error: unknown) => {
            if (!(error instanceof SceneError)) throw error;
          });
          if (map)
            expect(map.rgb.every((value) => value >= 0 && value < Number.POSITIVE_INFINITY)).toBe(true);
        },
      ),
      { numRuns: 300, seed: 5 },
    );
  });
});

describe('EnvironmentBuilder', () => {
  it('keeps small pictures as they are, and averages large ones by area', () => {
    const small = new EnvironmentBuilder(4, 2);
    small.addRow(1, [1, 0, 0, 2, 0, 0, 3, 0, 0, 4, 0, 0], 3);
    expect(Array.from(small.map.rgb.filter((_, i) => i % 3 === 0))).toEqual([0, 0, 0, 0, 1, 2, 3, 4]);
    const large = new EnvironmentBuilder(8192, 4096);
    const row = new Float32Array(3 * 8192);
    row.set([8, 0, 0, 4, 0, 0], 0);
    for (let y = 0; y < 2; y++) large.addRow(y, row, 3);
    expect([large.map.width, large.map.height]).toEqual([4096, 2048]);
    expect(Array.from(large.map.rgb.subarray(0, 4))).toEqual([6, 0, 0, 0]);
  });

  it('keeps the mean of a picture whose size is no multiple', () => {
    const builder = new EnvironmentBuilder(5000, 125);
    const row = new Float32Array(3 * 5000).map((_, i) => (Math.floor(i / 3) % 7) + 1);
    for (let y = 124; y >= 0; y--) builder.addRow(y, row, 3);
    const { width, height, rgb } = builder.map;
    expect([width, height]).toEqual([4096, 102]);
    const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(rgb)).toBeCloseTo(mean(row), 4);
  });
});
