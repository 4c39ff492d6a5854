import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockPlan, passBoundaries } from './plan.ts';
import { spiralOrder, tileGrid } from './tiles.ts';

const size = fc.integer({ min: 1, max: 700 });

describe('the block plan', () => {
  it('covers every sample of every pixel exactly once', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 70 }),
        (width, height, samples) => {
          const plan = blockPlan(width, height, samples);
          const seen = new Uint8Array(width * height * samples);
          for (let task = 0; task < plan.taskCount; task++) {
            const b = plan.block(task);
            for (let y = b.y; y < b.y + b.height; y++) {
              for (let x = b.x; x < b.x + b.width; x++) {
                for (let s = b.firstSample; s < b.firstSample + b.sampleCount; s++) {
                  const at = (y * width + x) * samples + s;
                  seen[at] = (seen[at] ?? 0) + 1;
                }
              }
            }
          }
          expect(seen.every((count) => count === 1)).toBe(true);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('gives every Tile one sample before any Tile gets a second', () => {
    const plan = blockPlan(300, 200, 9);
    const firstPass = Array.from({ length: plan.grid.tileCount }, (_, task) => plan.block(task));
    expect(firstPass.every((b) => b.firstSample === 0 && b.sampleCount === 1)).toBe(true);
    expect(new Set(firstPass.map((b) => b.tile)).size).toBe(plan.grid.tileCount);
  });

  it('grows the sample ranges as 1, 15, 16, 16 and ends with what is left', () => {
    expect([...passBoundaries(70)]).toEqual([0, 1, 16, 32, 48, 64, 70]);
    expect([...passBoundaries(1)]).toEqual([0, 1]);
  });

  it('grows them to a half of what is there, and to 64 at most', () => {
    expect([...passBoundaries(1024)]).toEqual([
      ...[0, 1, 16, 32, 48, 64, 96, 128],
      ...[192, 256, 320, 384, 448, 512, 576, 640, 704, 768, 832, 896, 960, 1024],
    ]);
  });

  it('knows how the version before divided pictures, by the number of their Tasks', () => {
    const former = blockPlan(64, 64, 1024, { isFormer: true });
    expect([...former.boundaries]).toEqual([
      ...[0, 1, 4, 16, 32, 48, 64, 80, 96, 112, 128, 160, 192, 224],
      ...[256, 320, 384, 448, 512, 576, 640, 704, 768, 832, 896, 960, 1024],
    ]);
    for (let samples = 1; samples <= 4096; samples++) {
      const [now, before] = [passBoundaries(samples), passBoundaries(samples, 0, true)];
      if (now.length === before.length) expect(now).toEqual(before);
    }
  });

  it('has batches of 16 where the noise decides, after passes that each double what is there', () => {
    expect([...passBoundaries(70, 0.1)]).toEqual([0, 1, 2, 4, 8, 16, 32, 48, 64, 70]);
    expect(passBoundaries(4096, 0.1)).toHaveLength(5 + 256);
    expect(blockPlan(64, 64, 4096, { noise: 0.1 }).boundaries).toEqual(passBoundaries(4096, 0.1));
  });

  it('numbers the Blocks of a Tile in the order of its samples', () => {
    const plan = blockPlan(130, 70, 20);
    const lastSampleOf = new Map<number, number>();
    for (let task = 0; task < plan.taskCount; task++) {
      const b = plan.block(task);
      expect(b.firstSample).toBe(lastSampleOf.get(b.tile) ?? 0);
      lastSampleOf.set(b.tile, b.firstSample + b.sampleCount);
    }
    expect([...lastSampleOf.values()]).toEqual(Array(plan.grid.tileCount).fill(20));
  });

  it('refuses a Task that is not in it', () => {
    const plan = blockPlan(64, 64, 4);
    for (const task of [-1, plan.taskCount, 0.5, Number.NaN])
      expect(() => plan.block(task)).toThrow(RangeError);
  });
});

describe('the spiral', () => {
  it('visits every Tile once, beginning at the centre', () => {
    fc.assert(
      fc.property(size, size, (width, height) => {
        const grid = tileGrid(width, height);
        const order = spiralOrder(grid);
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: grid.tileCount }, (_, i) => i));
      }),
    );
    expect([...spiralOrder(tileGrid(192, 192))]).toEqual([4, 5, 8, 7, 6, 3, 0, 1, 2]);
  });
});
