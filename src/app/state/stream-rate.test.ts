import { expect, it } from 'vitest';
import { StreamRate } from './stream-rate.ts';

it('is the mean of the last five seconds', () => {
  const rate = new StreamRate();
  for (let ms = 0; ms < 20_000; ms += 100) rate.add(ms, 10, 1_000);
  expect(rate.at(20_000).messages).toBeCloseTo(100, -1);
  expect(rate.at(20_000).bytes).toBeCloseTo(10_000, -3);
});

it('falls to nothing when nothing comes', () => {
  const rate = new StreamRate();
  rate.add(0, 10, 10);
  expect(rate.at(4_000).messages).toBe(2.5);
  expect(rate.at(6_000)).toEqual({ messages: 0, bytes: 0 });
});

it('takes one message for one a second, and what begins anew for new', () => {
  const rate = new StreamRate();
  rate.add(7, 1, 5);
  expect(rate.at(8)).toEqual({ messages: 1, bytes: 5 });
  expect(rate.at(10_000).messages).toBe(0);
  rate.add(10_000, 3, 0);
  expect(rate.at(10_100).messages).toBe(3);
});
