import { expect, it } from 'vitest';
import { Oversleeping } from './oversleeping.ts';

it('what is due is over at last though each timer comes late, and is listened for once more where one slept again', () => {
  const oversleeping = new Oversleeping();
  let nowMs = 0;
  const wakes: boolean[] = [];
  while (!wakes.at(-1) && wakes.length < 50) {
    nowMs = oversleeping.wakeAt(10_000) + 1_500;
    wakes.push(oversleeping.isOver(10_000, nowMs));
  }
  expect(wakes).toEqual([false, false, false, true]);
  // The next is another.
  expect(oversleeping.isOver(nowMs + 1_000, nowMs + 60_000)).toBe(false);
});
