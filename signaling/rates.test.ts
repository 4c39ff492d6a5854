import { expect, it } from 'vitest';
import { Rates } from './rates.ts';

it('keeps a rate for each key, and forgets the key that was used longest ago', () => {
  const rates = new Rates({ burst: 1, perSecond: 1 }, 2);
  expect([rates.take('a', 0), rates.take('a', 0), rates.take('b', 0)]).toEqual([true, false, true]);
  expect(rates.take('a', 500)).toBe(false);
  expect(rates.take('c', 500)).toBe(true);
  expect(rates.size).toBe(2);
  expect(rates.take('a', 500)).toBe(false);
  expect(rates.take('b', 500)).toBe(true);
});
