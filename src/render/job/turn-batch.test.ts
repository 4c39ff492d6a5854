import { expect, it } from 'vitest';
import { TurnBatch } from './turn-batch.ts';

it('what comes in one turn is told once, at its end', async () => {
  const told: (readonly number[])[] = [];
  const batch = new TurnBatch((numbers) => told.push(numbers));
  batch.add([]);
  batch.add([3, 1]);
  batch.add([1, 2]);
  expect(told).toEqual([]);
  await Promise.resolve();
  expect(told).toEqual([[3, 1, 2]]);
  batch.add([1]);
  await Promise.resolve();
  expect(told).toEqual([[3, 1, 2], [1]]);
});
