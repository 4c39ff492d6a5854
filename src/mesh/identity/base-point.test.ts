import { expect, it, vi } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { timesBase } from './base-point.ts';
import { littleEndian } from './little-endian.ts';
import { ORDER, Point } from './point.ts';

const random = seededRandom(5);

it('has the multiples of the base point, however often it is asked', () => {
  for (let i = 0; i < 250; i++) {
    const scalar = littleEndian(random.bytes(32)) % ORDER;
    expect(timesBase(scalar).toBytes()).toEqual(Point.BASE.multiply(scalar).toBytes());
  }
});

it('adds them to another point', () => {
  const begin = Point.BASE.multiply(9n);
  expect(timesBase(5n, begin).toBytes()).toEqual(Point.BASE.multiply(14n).toBytes());
});

it('prepares little for whoever asks seldom', async () => {
  vi.resetModules();
  const fresh = await import('./point.ts');
  const add = vi.spyOn(fresh.Point.prototype, 'add');
  const base = await import('./base-point.ts');
  base.timesBase(3n);
  expect(add.mock.calls.length).toBeLessThanOrEqual(254);
  base.timesBase(4n);
  expect(add).toHaveBeenCalledTimes(254);
});
