import { describe, expect, it } from 'vitest';
import { EXAMPLES } from './examples.ts';
import { planOf, RunningMean, tileOf } from './views.ts';

describe('what a module exports', () => {
  it('says how its results are shown', () => {
    expect(planOf({ inputs: [1, 2] })).toMatchObject({ view: 'list', inputs: [1, 2] });
    expect(planOf({ inputs: [1], view: 'heat map', columns: 3 })).toMatchObject({ columns: 3 });
    expect(planOf({ inputs: [1], view: 'picture', width: 64, height: 32 })).toMatchObject({
      width: 64,
      height: 32,
    });
  });

  it('is answered with what is missing', () => {
    expect(planOf({})).toMatch(/export a list of inputs/);
    expect(planOf({ inputs: [] })).toMatch(/1 to/);
    expect(planOf({ inputs: [1], view: 'pie' })).toMatch(/'mean', 'heat map'/);
    expect(planOf({ inputs: [1], view: 'heat map' })).toMatch(/columns/);
    expect(planOf({ inputs: [1], view: 'picture', width: 64 })).toMatch(/width/);
    expect(planOf({ inputs: [1], view: 'picture', width: 64, height: 1e9 })).toMatch(/up to 4096/);
  });

  it('is right in every example', async () => {
    for (const { source } of EXAMPLES) {
      const { default: main, ...exported } = (await import(
        `data:text/javascript,${encodeURIComponent(source)}`
      )) as { default: unknown };
      expect(planOf(exported)).toBeTypeOf('object');
      expect(main).toBeTypeOf('function');
    }
  });
});

describe('a running mean', () => {
  it('is that of all values, with its standard error', () => {
    const mean = new RunningMean();
    for (const value of [1, 2, 3, 4]) mean.add(value);
    expect(mean.mean).toBeCloseTo(2.5, 12);
    expect(mean.standardError).toBeCloseTo(Math.sqrt(5 / 3 / 4), 12);
    expect(mean.points.map(({ count }) => count)).toEqual([1, 2, 3, 4]);
  });

  it('keeps a bounded number of points, from the first to the last', () => {
    const mean = new RunningMean();
    for (let i = 0; i < 100_000; i++) mean.add(i % 2);
    expect(mean.points.length).toBeLessThan(600);
    expect(mean.points.at(-1)?.count).toBeGreaterThan(99_000);
    expect(mean.points[0]?.count).toBeLessThan(1_000);
    const counts = mean.points.map(({ count }) => count);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
  });
});

describe('a tile', () => {
  it('has as many bytes as its size asks for', () => {
    const tile = { x: 0, y: 64, width: 2, height: 1, rgba: new Uint8Array(8) };
    expect(tileOf(tile)).toEqual(tile);
    for (const wrong of [
      null,
      5,
      [1],
      { ...tile, rgba: new Uint8Array(7) },
      { ...tile, x: -1 },
      { ...tile, width: 0, rgba: new Uint8Array(0) },
      { ...tile, height: 1.5, rgba: new Uint8Array(12) },
    ]) {
      expect(tileOf(wrong)).toBeUndefined();
    }
  });
});
