import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ORDER, Point } from './point.ts';
import { PointTable } from './point-table.ts';

const scalar = fc.oneof(
  fc.bigInt(0n, ORDER - 1n),
  fc.constantFrom(0n, 1n, 7n, 8n, 9n, 127n, 128n, ORDER - 1n),
);

it('has the multiples that its point has, whatever its window', () => {
  fc.assert(
    fc.property(
      fc.bigInt(1n, ORDER - 1n),
      scalar,
      fc.integer({ min: 2, max: 7 }),
      (seed, times, windowBits) => {
        const point = Point.BASE.multiply(seed);
        expect(new PointTable(point, windowBits).times(times).toBytes()).toEqual(
          point.multiply(times).toBytes(),
        );
      },
    ),
    { numRuns: 40 },
  );
});

it('adds them to another point', () => {
  const table = new PointTable(Point.BASE, 5);
  fc.assert(
    fc.property(scalar, fc.bigInt(1n, ORDER - 1n), (times, seed) => {
      const begin = Point.BASE.multiply(seed);
      expect(table.times(times, begin).toBytes()).toEqual(Point.BASE.multiply(times).add(begin).toBytes());
    }),
    { numRuns: 100 },
  );
});

it('cancels out to the neutral point', () => {
  const table = new PointTable(Point.BASE, 4);
  expect(table.times(5n, Point.BASE.multiply(5n).negate()).isZero()).toBe(true);
});
