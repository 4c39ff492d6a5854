import { expect, it } from 'vitest';
import type { CallAnswer } from './outcome-codec.ts';
import { decodeOutcome } from './outcome-codec.ts';
import { unpack } from './packing.ts';
import { type Inputs, TaskTurns } from './task-turns.ts';

/** Each input takes so long, and comes to its number. */
function setUp(inputMs: number) {
  let nowMs = 0;
  const calls: Inputs[] = [];
  const turns = new TaskTurns({
    now: () => nowMs,
    async call(_, inputs) {
      calls.push(inputs);
      nowMs += inputMs * inputs.count;
      return Array.from({ length: inputs.count }, (_, i): CallAnswer => ({ value: inputs.first + i }));
    },
  });
  return { turns, calls, now: () => nowMs };
}

const valuesIn = (bytes: Uint8Array | undefined, count: number) =>
  bytes && unpack(bytes, count).map((one, i) => decodeOutcome(i, one)?.value);
const numbers = (first: number, count: number) => Array.from({ length: count }, (_, i) => first + i);

it('a Task of slow inputs comes back at an input border after some seconds, and goes on where it was', async () => {
  const { turns, calls, now } = setUp(2_000);
  const inputs = { first: 10, count: 5 };
  expect(await turns.run(0, inputs)).toBeUndefined();
  expect(now()).toBe(6_000);
  const done = await turns.run(0, inputs);
  expect(valuesIn(done?.bytes, 5)).toEqual(numbers(10, 5));
  expect(done?.elapsedMs).toBe(10_000);
  expect(calls).toHaveLength(5);
});

it('quick inputs are handed over many at a time', async () => {
  const { turns, calls } = setUp(1);
  const done = await turns.run(0, { first: 0, count: 64 });
  expect(valuesIn(done?.bytes, 64)).toEqual(numbers(0, 64));
  expect(calls.map(({ count }) => count)).toEqual([1, 2, 4, 8, 16, 32, 1]);
});

it('another Task and a check may come between; what nobody goes on with is let go', async () => {
  const { turns, calls } = setUp(5_000);
  const tasks = [0, 10, 20].map((first) => ({ first, count: 2 }));
  for (const inputs of tasks) expect(await turns.run(0, inputs)).toBeUndefined();
  expect(await turns.run(1, { first: 20, count: 2 })).toBeUndefined();
  const ends = [];
  for (const inputs of tasks.toReversed()) ends.push(valuesIn((await turns.run(0, inputs))?.bytes, 2));
  expect(ends).toEqual([[20, 21], [10, 11], undefined]);
  expect(calls.filter(({ first }) => first === 0)).toHaveLength(2);
});
