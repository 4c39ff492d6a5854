import { expect, it } from 'vitest';
import {
  counted,
  formatBytes,
  formatNoise,
  formatRate,
  formatSeconds,
  medianOf,
  percent,
} from './numbers.ts';

it('speaks of times and rates as people do', () => {
  expect([0.84, 12.4, 185].map(formatSeconds)).toEqual(['0.8 s', '12 s', '3 min 05 s']);
  expect([1_234_000, 54_000, 1000, 320.4].map(formatRate)).toEqual([
    ...['1.23 M samples/s', '54 k samples/s', '1 k samples/s', '320 samples/s'],
  ]);
});

it('gives a noise three digits that count, and a share no more than it is', () => {
  expect([0.012345, 0.5].map(formatNoise)).toEqual(['0.0123', '0.5']);
  expect([0, 0.9999, 1].map(percent)).toEqual(['0 %', '99 %', '100 %']);
});

it('counts one of a thing, and several', () => {
  expect([0, 1, 2].map((count) => counted(count, 'device'))).toEqual(['0 devices', '1 device', '2 devices']);
});

it('gives bytes the digits that count', () => {
  const bytes = [0, 999, 1000, 1536, 92_345, 999_400, 999_600, 12_345_678, 234_567_890, 4e9, 2e12];
  expect(bytes.map(formatBytes)).toEqual([
    ...['0 B', '999 B', '1 kB', '1.5 kB', '92 kB', '999 kB', '1 MB', '12 MB', '235 MB', '4 GB', '2 TB'],
  ]);
});

it('takes the middle of round trips: between two that are there, not the worse of them', () => {
  expect([[], [7], [2, 12], [1, 2, 12], [1, 2, 4, 12]].map(medianOf)).toEqual([undefined, 7, 7, 2, 3]);
});
