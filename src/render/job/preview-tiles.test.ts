import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tileBounds, tileFloats, tileGrid } from '../film/index.ts';
import type { JobId } from './contract.ts';
import { decodeJobId } from './messages.ts';
import { decodePreviews, encodePreviews } from './preview-tiles.ts';

const id = '00112233445566778899aabbccddeeff' as JobId;
/** Tiles of 64x64, 37x64, 64x7 and 37x7 pixels. */
const grid = tileGrid(101, 71);
const goal = { samples: 5, noise: 0 };
const noiseGoal = { samples: 100, noise: 0.2 };
const valueAt = (part: number, i: number): number => part + 1 + (i % 50) / 7;
const picture = {
  readTile(part: number, target: Float32Array, offset: number) {
    const floats = tileFloats(grid, part % grid.tileCount);
    for (let i = 0; i < floats; i++) target[offset + i] = valueAt(part, i);
    return floats;
  },
  tileSamples: Uint32Array.of(4, 3, 2, 1, 4),
  tileNoise: Float32Array.of(0.125, 0.5, 0.25, Number.POSITIVE_INFINITY, 0.5),
};
const preview = (part: number, isGlimpse = false) => ({ part, isGlimpse });

describe('previews of Tiles on the wire', () => {
  it('bring every pixel, 1/512 of its brightest channel off at most, at any alignment and of any frame', () => {
    const bytes = encodePreviews(id, grid, goal, [preview(3), preview(4)], picture);
    expect(decodeJobId(bytes)).toBe(id);
    expect(bytes.length).toBe(16 + 2 * 8 + 4 * (37 * 7 + 64 * 64));
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    for (const received of [bytes, shifted.subarray(1)]) {
      const message = decodePreviews(received, grid, goal, 2);
      expect(message?.tiles.map(({ part, samples }) => [part, samples])).toEqual([
        [3, 1],
        [4, 4],
      ]);
      for (const { part, offset } of message?.tiles ?? []) {
        for (let i = 0; i < tileFloats(grid, part % 4); i++) {
          const off = Math.abs((message?.values[offset + i] ?? 0) - valueAt(part, i));
          const pixel = i - (i % 3);
          const brightest = Math.max(...[0, 1, 2].map((channel) => valueAt(part, pixel + channel)));
          expect(off).toBeLessThanOrEqual(brightest / 512);
        }
      }
    }
  });

  it('bring the mean of each square as a glimpse, cut at the edges', () => {
    const bytes = encodePreviews(id, grid, goal, [preview(3, true)], picture);
    expect(bytes.length).toBe(16 + 8 + 4 * 19 * 4);
    const values = decodePreviews(bytes, grid, goal)?.values ?? new Float32Array();
    const { width, height } = tileBounds(grid, 3);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const columns = [x - (x % 2), x - (x % 2) + 1].filter((column) => column < width);
        const rows = [y - (y % 2), y - (y % 2) + 1].filter((row) => row < height);
        const square = rows.flatMap((row) => columns.map((column) => valueAt(3, 3 * (row * width + column))));
        const mean = square.reduce((sum, one) => sum + one, 0) / square.length;
        expect(values[3 * (y * width + x)]).toBeCloseTo(mean, 1);
      }
    }
  });

  it('bring the noise where the render has a goal', () => {
    const message = decodePreviews(
      encodePreviews(id, grid, noiseGoal, [preview(0, true), preview(3)], picture),
      grid,
      noiseGoal,
    );
    expect(message?.tiles.map(({ noise }) => noise)).toEqual([0.125, Number.POSITIVE_INFINITY]);
  });

  it('are dropped when cut, out of range, empty, or said to be of a finished Tile', () => {
    const bytes = encodePreviews(id, grid, goal, [preview(3)], picture);
    expect(decodePreviews(bytes.subarray(0, bytes.length - 1), grid, goal)).toBeUndefined();
    expect(decodePreviews(bytes.subarray(0, 20), grid, goal)).toBeUndefined();
    expect(decodePreviews(bytes, tileGrid(64, 64), goal)).toBeUndefined();
    expect(decodePreviews(bytes, grid, { ...goal, samples: 1 })).toBeUndefined();
    const nothing = { ...picture, tileSamples: new Uint32Array(5) };
    expect(decodePreviews(encodePreviews(id, grid, goal, [preview(3)], nothing), grid, goal)).toBeUndefined();
  });

  it('never throw, whatever arrives', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        decodePreviews(bytes, grid, goal);
        decodePreviews(bytes, grid, noiseGoal);
      }),
    );
  });
});
