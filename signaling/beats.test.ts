import { expect, it } from 'vitest';
import { BEAT_INTERVAL_MS } from '../src/wire/index.ts';
import { Beats } from './beats.ts';

it('reaches everyone once in a turn, a few at a time, and nobody who has left', () => {
  const beaten: number[] = [];
  const beats = new Beats<number>((session) => beaten.push(session));
  for (let i = 0; i < 1_000; i++) beats.add(i);
  beats.delete(7);
  let most = 0;
  for (let step = 0; step < 50; step++) {
    const before = beaten.length;
    beats.turn();
    most = Math.max(most, beaten.length - before);
  }
  expect(most).toBe(20);
  expect(new Set(beaten).size).toBe(999);
  expect(beaten).toHaveLength(999);
  expect(BEAT_INTERVAL_MS % 50).toBe(0);
});
