import { expect, it } from 'vitest';
import { finishedCount, runsOf } from './frame-states.ts';

const frame = (isFinished: boolean, ...samples: readonly number[]) => ({
  ...{ isFinished, tileSamples: Uint32Array.from(samples) },
});

it('frames that are alike side by side are one run: finished, in work, not begun', () => {
  const frames = [
    frame(true, 4, 4),
    frame(true, 4, 4),
    frame(false, 0, 1),
    frame(false, 0, 0),
    frame(true, 4, 4),
  ];
  expect(runsOf(frames)).toEqual([
    { first: 0, count: 2, state: 'finished' },
    { first: 2, count: 1, state: 'work' },
    { first: 3, count: 1, state: 'missing' },
    { first: 4, count: 1, state: 'finished' },
  ]);
  expect(finishedCount(frames)).toBe(3);
});
