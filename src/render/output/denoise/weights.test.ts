import { beforeAll, describe, expect, it } from 'vitest';
import { denoiserFiles } from './open-denoiser.testing.ts';
import { packedLayer, paddedInput, paddedOutput, readWeights } from './weights.ts';

let file: Uint8Array;
beforeAll(async () => {
  file = (await denoiserFiles()).weights;
});

describe('the weights of the denoiser', () => {
  it('are those of sixteen layers of three by three', () => {
    const layers = readWeights(file);
    expect(layers.size).toBe(16);
    for (const { outChannels, inChannels, weights, biases } of layers.values()) {
      expect(weights.length).toBe(9 * outChannels * inChannels);
      expect(biases.length).toBe(outChannels);
      expect(weights.every((weight) => Math.abs(weight) < 16)).toBe(true);
    }
    const { inChannels, outChannels } = layers.get('dec_conv1a') ?? {};
    expect([inChannels, outChannels]).toEqual([32 + 9, 32]);
  });

  it('are refused where the file is cut, is another, or is of another version', () => {
    const damaged = (change: (bytes: Uint8Array) => Uint8Array): (() => unknown) => {
      const bytes = change(file.slice());
      return () => readWeights(bytes);
    };
    const put = (at: number) => (bytes: Uint8Array) => {
      bytes[at] = 9;
      return bytes;
    };
    for (const cut of [0, 1, 12, 600_000, file.length - 1]) {
      expect(
        damaged((bytes) => bytes.subarray(0, cut)),
        `${cut} bytes`,
      ).toThrow('weights are damaged');
    }
    expect(damaged(put(0))).toThrow('weights are damaged');
    expect(damaged(put(2))).toThrow('weights are damaged');
  });

  it('never do worse than that, whatever is bent', () => {
    for (let at = 640_000; at < file.length; at++) {
      const bent = file.slice();
      bent[at] = 255 - (bent[at] ?? 0);
      try {
        readWeights(bent);
      } catch (error) {
        expect((error as Error).message).toContain('weights are damaged');
      }
    }
  });

  it('are packed eight outputs at a time, behind their biases, with nothing where there is no channel', () => {
    // One output of two inputs from two sources of one each: weight 100 (source) + tap.
    const spread = (a: number, b: number, c: number) => [a, (a + b + c) / 2, (a - b + c) / 2, c];
    const weights = Float32Array.from({ length: 18 }, (_, i) => 100 * Math.floor(i / 9) + (i % 9));
    const layer = { outChannels: 1, inChannels: 2, weights, biases: Float32Array.of(7) };
    const packed = packedLayer(layer, [1, 1]);
    expect(packed.length).toBe(8 * (1 + 16 * (4 + 4)));
    expect(Array.from(packed.subarray(0, 8))).toEqual([7, 0, 0, 0, 0, 0, 0, 0]);
    for (const source of [0, 1]) {
      const of = (row: number, column: number) => packed[8 + 8 * (8 * (4 * row + column) + 4 * source)];
      // The filter's corners stay as they are; along its edges the transform of one dimension is seen.
      const [first, last] = [100 * source, 100 * source + 6];
      expect([0, 1, 2, 3].map((column) => of(0, column))).toEqual(spread(first, first + 1, first + 2));
      expect([0, 1, 2, 3].map((column) => of(3, column))).toEqual(spread(last, last + 1, last + 2));
      expect([0, 1, 2, 3].map((row) => of(row, 0))).toEqual(spread(first, first + 3, last));
      expect(of(1, 1)).toBe((900 * source + 36) / 4);
    }
    expect(packed.filter((value) => value !== 0)).toHaveLength(1 + 15 + 16);
    expect(() => packedLayer(layer, [1])).toThrow('has 2 inputs, not 1');
    expect([paddedInput(9), paddedInput(32), paddedOutput(3), paddedOutput(64)]).toEqual([12, 32, 8, 64]);
  });
});
