import { describe, expect, it } from 'vitest';
import { type Random, seededRandom, uniform } from '../../runtime/index.ts';
import { Film } from './film.ts';
import { averageSamples, expectedSamples, isTileFinished } from './noise.ts';
import { type BlockPlan, blockPlan, type PlannedBlock } from './plan.ts';
import { tileGrid } from './tiles.ts';

/** Irwin and Hall's normal number: mean 0, variance 1. */
function normal(random: Random): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += uniform(random);
  return sum;
}

type Light = (x: number, y: number, random: Random) => number;

/** Sums of grey pixels whose samples are what `light` says. */
function sumsOf({ x, y, width, height, sampleCount }: PlannedBlock, light: Light, random: Random) {
  const sums = new Float32Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    let sum = 0;
    for (let s = 0; s < sampleCount; s++) sum += light(x + (i % width), y + Math.floor(i / width), random);
    sums.fill(sum, i * 3, i * 3 + 3);
  }
  return sums;
}

/** The first Tile's noise after each Block, with a goal that is never reached. */
function noiseAfter(plan: BlockPlan, light: Light, seed = 1): Map<number, number> {
  const random = seededRandom(seed);
  const film = new Film(plan, 1e-9);
  const noise = new Map<number, number>();
  for (let task = 0; task < plan.taskCount; task++) {
    const block = plan.block(task);
    film.add(block, sumsOf(block, light, random));
    noise.set(film.tileSamples[0] ?? 0, film.tileNoise[0] ?? 0);
  }
  return noise;
}

const plan = blockPlan(16, 16, 256, { noise: 1 });
const steady = (mean: number, deviation: number): Light => {
  return (_x, _y, random) => mean + deviation * normal(random);
};
/** What the unit means: e / sqrt(c). */
const expected = (mean: number, deviation: number, samples: number) => deviation / Math.sqrt(samples * mean);

describe("a Tile's noise", () => {
  it('is the true one where it is known, and falls as one over the root of the samples', () => {
    for (const [mean, deviation] of [
      [0.5, 0.2],
      [0.05, 0.05],
    ] as const) {
      const noise = noiseAfter(plan, steady(mean, deviation));
      for (const samples of [64, 128, 256]) {
        const ratio = (noise.get(samples) ?? 0) / expected(mean + 0.001, deviation, samples);
        // The noisiest of four squares, each known to a few percent.
        expect(ratio, `${samples} samples`).toBeGreaterThan(0.95);
        expect(ratio, `${samples} samples`).toBeLessThan(1.25);
      }
    }
  });

  it('is true of rare bright samples too, once a square has seen some', () => {
    const rare: Light = (_x, _y, random) => (uniform(random) < 0.02 ? 10 : 0);
    const noise = noiseAfter(plan, rare).get(256) ?? 0;
    const ratio = noise / expected(0.2, 10 * Math.sqrt(0.02 * 0.98), 256);
    expect(ratio).toBeGreaterThan(0.7);
    expect(ratio).toBeLessThan(1.3);
  });

  it('is not known before the second batch of 16 samples', () => {
    const noise = noiseAfter(plan, steady(0.5, 0.2));
    expect([...noise].filter(([, value]) => value === Number.POSITIVE_INFINITY).map(([n]) => n)).toEqual([
      1, 2, 4, 8, 16,
    ]);
    expect(noise.get(32)).toBeLessThan(1);
  });

  it('is that of its noisiest spot, however calm the rest', () => {
    const tile = blockPlan(64, 64, 64, { noise: 1 });
    const spot: Light = (x, y, random) =>
      x >= 40 && x < 48 && y >= 8 && y < 16 ? 0.5 + 0.2 * normal(random) : 0.5;
    const ratio = (noiseAfter(tile, spot).get(64) ?? 0) / expected(0.5, 0.2, 64);
    expect(ratio).toBeGreaterThan(0.8);
    expect(ratio).toBeLessThan(1.2);
  });

  it('is nothing in black, and small in the nearly black', () => {
    expect(noiseAfter(plan, () => 0).get(256)).toBe(0);
    const dark = noiseAfter(plan, steady(1e-6, 1e-6)).get(32) ?? 1;
    expect(dark).toBeLessThan(1e-4);
  });

  it('is in proportion to the light above 1', () => {
    const [one = 0, hundred = 0] = [1, 100].map((scale) =>
      noiseAfter(plan, steady(2 * scale, 0.4 * scale)).get(256),
    );
    expect(hundred / one).toBeCloseTo(1, 5);
  });

  it('does not hide behind a lamp in the same square', () => {
    const lamp: Light = (x, _y, random) => (x % 8 === 0 ? 1000 : 0.5 + 0.2 * normal(random));
    const ratio = (noiseAfter(plan, lamp).get(256) ?? 0) / expected(0.5, 0.2, 256);
    expect(ratio).toBeGreaterThan(0.7);
  });

  it('is never known of a Film without a goal', () => {
    const film = new Film(plan, 0);
    const random = seededRandom(2);
    for (let task = 0; task < plan.taskCount; task++) {
      const block = plan.block(task);
      film.add(block, sumsOf(block, steady(0.5, 0.1), random));
    }
    expect([...film.tileNoise]).toEqual([Number.POSITIVE_INFINITY]);
    expect(film.worstNoise).toBeUndefined();
  });
});

describe('a Tile', () => {
  it('is finished with all samples, or below the goal with enough of them to trust it', () => {
    const goal = { samples: 100, noise: 0.02 };
    expect(isTileFinished(goal, 100, 1)).toBe(true);
    expect(isTileFinished(goal, 99, 1)).toBe(false);
    expect(isTileFinished(goal, 48, 0.0199)).toBe(true);
    expect(isTileFinished(goal, 48, 0.02)).toBe(false);
    expect(isTileFinished(goal, 32, 0)).toBe(false);
    expect(isTileFinished({ ...goal, noise: 0.1 }, 32, 0)).toBe(true);
    expect(isTileFinished({ ...goal, noise: 0 }, 99, 0)).toBe(false);
  });
});

describe('what is still to come', () => {
  const grid = tileGrid(128, 64);
  const goal = { samples: 1000, noise: 0.01 };
  const area = 64 * 64;
  const unknown = Number.POSITIVE_INFINITY;
  const left = (
    samples: readonly number[],
    noise: readonly number[],
    spread = noise.map((value, i) => value * Math.sqrt(samples[i] ?? 0)),
  ) =>
    [
      ...expectedSamples(goal, grid, {
        tileSamples: Uint32Array.from(samples),
        tileNoise: Float32Array.from(noise),
        tileSpread: Float32Array.from(spread),
      }),
    ].map((pixelSamples) => pixelSamples / area);

  it('follows from the noise: half of it takes four times the samples, in whole Blocks, up to the most', () => {
    expect(left([128, 64], [0.0199, 0.005])).toEqual([512 - 128, 0]);
    expect(left([128, 64], [0.5, 0.005])).toEqual([1000 - 128, 0]);
    expect(left([1000, 64], [0.5, 0.005])).toEqual([0, 0]);
  });

  it('is everything while nothing is known, then what the known Tiles need', () => {
    expect(left([16, 8], [unknown, unknown])).toEqual([1000 - 16, 1000 - 8]);
    expect(left([128, 16], [0.0199, unknown])).toEqual([512 - 128, 512 - 16]);
  });

  it('is foreseen before the noise is known, and is never less than what every Tile gets', () => {
    expect(left([8, 8], [unknown, unknown], [0.159, 0.001])).toEqual([256 - 8, 64 - 8]);
  });

  it('is all samples without a goal', () => {
    const states = {
      tileSamples: Uint32Array.of(16, 32),
      tileNoise: Float32Array.of(unknown, unknown),
      tileSpread: Float32Array.of(unknown, unknown),
    };
    expect([...expectedSamples({ samples: 100, noise: 0 }, grid, states)]).toEqual([84 * area, 68 * area]);
  });
});

it('the samples of a pixel are averaged over pixels, not over Tiles', () => {
  expect(averageSamples(tileGrid(96, 64), Uint32Array.of(10, 40))).toBe(20);
});
