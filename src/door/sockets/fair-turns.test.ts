import { afterEach, expect, it, vi } from 'vitest';
import { inFairTurns } from './fair-turns.ts';

afterEach(() => vi.restoreAllMocks());

it('reads on at once after a short chunk, and after a long one when the others have had their turn', async () => {
  let nowMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  const done: string[] = [];
  const read = inFairTurns(
    ({ length }) => {
      nowMs += length;
      done.push(`read ${length}`);
    },
    { pause: () => done.push('pause'), resume: () => done.push('resume') },
  );
  read(new Uint8Array(5));
  read(new Uint8Array(15));
  expect(done).toEqual(['read 5', 'read 15']);
  read(new Uint8Array(16));
  await Promise.resolve();
  expect(done.slice(2)).toEqual(['read 16', 'pause']);
  await new Promise((resolve) => setImmediate(resolve));
  expect(done.slice(4)).toEqual(['resume']);
});
