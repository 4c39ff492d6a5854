import { expect, it } from 'vitest';
import { pixelSamples } from './pixel-samples.ts';

it('every pixel has the samples of its Tile, also at the narrow edges', () => {
  const samples = pixelSamples(70, 65, Uint32Array.of(1, 2, 3, 4));
  const at = (x: number, y: number) => samples[y * 70 + x];
  expect([
    at(0, 0),
    at(63, 63),
    at(64, 0),
    at(69, 63),
    at(0, 64),
    at(63, 64),
    at(64, 64),
    at(69, 64),
  ]).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
});
