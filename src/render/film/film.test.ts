import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { integerBelow, seededRandom, sha256, toHex, uniform } from '../../runtime/index.ts';
import { BadBlockError, Film, parseBlockSums } from './film.ts';
import { filmHash } from './hash.ts';
import { type BlockPlan, blockPlan } from './plan.ts';
import { develop, tileFloats } from './tile-pixels.ts';
import { tileBounds } from './tiles.ts';

/** Repeatable sums per Task, of very different magnitudes so that the order of addition shows in the bits. */
function sumsOf(plan: BlockPlan, task: number): Float32Array {
  const random = seededRandom(task + 1);
  const { width, height } = plan.block(task);
  return Float32Array.from(
    { length: width * height * 3 },
    () => uniform(random) * 10 ** integerBelow(random, 12),
  );
}

function shuffled(length: number, seed: number): number[] {
  const random = seededRandom(seed);
  const order = Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = integerBelow(random, i + 1);
    [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
  }
  return order;
}

describe('Film', () => {
  it('has the same bits whatever the order of arrival and however often a Block arrives', async () => {
    const plan = blockPlan(100, 70, 12);
    const straight = new Film(plan, 0);
    for (let task = 0; task < plan.taskCount; task++) straight.add(plan.block(task), sumsOf(plan, task));
    const expected = await filmHash(straight);
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const film = new Film(plan, 0);
        for (const task of shuffled(plan.taskCount, seed)) {
          film.add(plan.block(task), sumsOf(plan, task));
          film.add(plan.block(task), sumsOf(plan, (task * 7) % plan.taskCount));
        }
        expect(film.isComplete).toBe(true);
        expect(film.waitingBlocks).toBe(0);
        expect(await filmHash(film)).toBe(expected);
      }),
      { numRuns: 20 },
    );
  });

  it('shows the mean of what was folded, as float32 of a float64 sum', () => {
    const plan = blockPlan(2, 1, 2);
    const film = new Film(plan, 0);
    expect(film.add(plan.block(0), Float32Array.of(1, 2, 3, 4, 5, 6))).toBe(true);
    expect([...develop(film)]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(film.add(plan.block(1), Float32Array.of(2, 0.1, 0, 0, 0, 1e9))).toBe(true);
    const means = develop(film);
    expect(means[0]).toBe(1.5);
    expect(means[1]).toBe(Math.fround((2 + Math.fround(0.1)) / 2));
    expect(means[5]).toBe(Math.fround((6 + 1e9) / 2));
    expect([...film.tileSamples]).toEqual([2]);
  });

  it('holds a Block that came early and folds it after the ones before it', () => {
    const plan = blockPlan(1, 1, 32);
    const film = new Film(plan, 0);
    expect(film.add(plan.block(2), Float32Array.of(16, 16, 16))).toBe(false);
    expect(film.add(plan.block(1), Float32Array.of(15, 15, 15))).toBe(false);
    expect(film.waitingBlocks).toBe(2);
    expect(film.tileSamples[0]).toBe(0);
    expect(film.add(plan.block(0), Float32Array.of(1, 1, 1))).toBe(true);
    expect(film.tileSamples[0]).toBe(32);
    expect([...develop(film)]).toEqual([1, 1, 1]);
  });
});

describe("a Film's memory", () => {
  it('holds the means at the end, bit for bit, and takes no more for them', () => {
    const plan = blockPlan(130, 100, 12);
    const film = new Film(plan, 0);
    for (let task = 0; task < plan.taskCount; task++) film.add(plan.block(task), sumsOf(plan, task));
    const expected = Array.from({ length: plan.grid.tileCount }, (_, tile) => {
      const means = new Float32Array(tileFloats(plan.grid, tile));
      film.readTile(tile, means, 0);
      return [...means];
    }).flat();
    const before = process.memoryUsage().arrayBuffers;
    const means = film.takeMeans();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(means.byteLength / 2);
    expect([...means]).toEqual(expected);
  });

  it('is at most 24 bytes a pixel, and 32 with a noise goal', () => {
    const large = blockPlan(2048, 1024, 16);
    for (const [noise, bytesPerPixel] of [
      [0, 24],
      [0.1, 32],
    ] as const) {
      const before = process.memoryUsage().arrayBuffers;
      const film = new Film(large, noise);
      const bytes = process.memoryUsage().arrayBuffers - before;
      expect(bytes / (film.width * film.height)).toBeLessThan(bytesPerPixel + 0.1);
    }
  });
});

describe('a Film with a noise goal', () => {
  const plan = blockPlan(100, 70, 160, { noise: 1 });
  /** The left Tiles are noisy, the right ones hardly, the last is noisy enough to need everything. */
  const sums = (task: number): Float32Array => {
    const { width, height, tile, sampleCount } = plan.block(task);
    const random = seededRandom(task + 1);
    const spread = [0.3, 0.02, 0.2, 5][tile] ?? 0;
    return Float32Array.from(
      { length: width * height * 3 },
      () => sampleCount * 0.5 + spread * Math.sqrt(sampleCount) * 4 * (uniform(random) - 0.5),
    );
  };
  const allOf = Array.from({ length: plan.taskCount }, (_, task) => sums(task));
  const fold = (film: Film, task: number) => film.add(plan.block(task), allOf[task] ?? new Float32Array());
  const goal = 0.046;

  function straight(): Film {
    const film = new Film(plan, goal);
    for (let task = 0; task < plan.taskCount; task++) fold(film, task);
    return film;
  }

  it('gives noisy Tiles more samples than calm ones, until each is below the goal or has all', () => {
    const film = straight();
    const [noisy = 0, calm = 0, middling = 0, hopeless = 0] = film.tileSamples;
    expect(calm).toBe(48);
    expect(middling).toBeGreaterThan(calm);
    expect(noisy).toBeGreaterThan(middling);
    expect(noisy).toBeLessThan(160);
    expect(hopeless).toBe(160);
    expect([...film.tileNoise].map((noise) => noise < goal)).toEqual([true, true, true, false]);
    expect(film.isComplete).toBe(true);
    expect(film.worstNoise).toBe(film.tileNoise[3]);
  });

  it("shows each Tile's mean over its own samples", () => {
    const means = develop(straight());
    for (const [x, y] of [
      [0, 0],
      [99, 0],
      [0, 69],
    ] as const) {
      expect(Math.abs((means[(y * 100 + x) * 3] ?? 0) - 0.5)).toBeLessThan(0.3);
    }
  });

  it('is the same picture whatever the order of arrival, what comes twice, and what comes too late', async () => {
    const expected = straight();
    const hash = await filmHash(expected);
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const film = new Film(plan, goal);
        for (const task of shuffled(plan.taskCount, seed)) {
          fold(film, task);
          fold(film, task);
        }
        expect(film.tileSamples).toEqual(expected.tileSamples);
        expect(film.tileNoise).toEqual(expected.tileNoise);
        expect(film.isComplete).toBe(true);
        expect(film.waitingBlocks).toBe(0);
        expect(await filmHash(film)).toBe(hash);
      }),
      { numRuns: 20 },
    );
  });

  it('refuses Blocks of a finished Tile', () => {
    const film = straight();
    const means = develop(film);
    for (let task = 0; task < plan.taskCount; task++) expect(fold(film, task)).toBe(false);
    expect(develop(film)).toEqual(means);
    expect(film.waitingBlocks).toBe(0);
  });

  it('counts what is here and what is needed, and not what was rendered in vain', () => {
    const film = new Film(plan, goal);
    expect([film.samplesDone, film.samplesNeeded]).toEqual([0, 100 * 70 * 160]);
    // The last Block of every Tile comes first: three of them will not be needed.
    const last = plan.taskCount - plan.grid.tileCount;
    for (let task = last; task < plan.taskCount; task++) fold(film, task);
    expect([film.samplesDone, film.samplesNeeded]).toEqual([100 * 70 * 16, 100 * 70 * 160]);
    for (let task = 0; task < plan.taskCount; task++) fold(film, task);
    let needed = 0;
    for (const [tile, samples] of film.tileSamples.entries()) {
      const { width, height } = tileBounds(plan.grid, tile);
      needed += samples * width * height;
    }
    expect([film.samplesDone, film.samplesNeeded]).toEqual([needed, needed]);
  });
});

describe('a Block from the network', () => {
  const block = blockPlan(3, 2, 1).block(0);

  it('is read at any alignment', () => {
    const sums = Float32Array.from({ length: 18 }, (_, i) => i / 3);
    const shifted = new Uint8Array(sums.byteLength + 1);
    shifted.set(new Uint8Array(sums.buffer), 1);
    expect(parseBlockSums(shifted.subarray(1), block)).toEqual(sums);
  });

  it('is refused when it is short, long or not finite', () => {
    expect(() => parseBlockSums(new Uint8Array(71), block)).toThrow(BadBlockError);
    expect(() => parseBlockSums(new Uint8Array(76), block)).toThrow(BadBlockError);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const sums = new Float32Array(18);
      sums[17] = bad;
      expect(() => parseBlockSums(new Uint8Array(sums.buffer), block)).toThrow(BadBlockError);
    }
  });
});

/** A picture by its row-major means. */
function pictureOf(width: number, height: number, means: Float32Array) {
  return {
    width,
    height,
    readTile(_: number, target: Float32Array, offset: number) {
      target.set(means, offset);
      return means.length;
    },
  };
}

describe('filmHash', () => {
  it('is the SHA-256 of width, height and the digests of the rows of Tiles, in little-endian order', async () => {
    const row = await sha256(Uint8Array.of(0, 0, 128, 63, 0, 0, 0, 192, 0, 0, 0, 0));
    const bytes = Uint8Array.of(1, 0, 0, 0, 1, 0, 0, 0, ...row);
    expect(await filmHash(pictureOf(1, 1, Float32Array.of(1, -2, 0)))).toBe(toHex(await sha256(bytes)));
  });

  it('knows the place of every pixel of a picture of several Tiles', async () => {
    const plan = blockPlan(130, 100, 1);
    const film = new Film(plan, 0);
    for (let task = 0; task < plan.taskCount; task++) film.add(plan.block(task), sumsOf(plan, task));
    const means = develop(film);
    const bytesOf = (from: number, to: number) =>
      new Uint8Array(means.slice(3 * 130 * from, 3 * 130 * to).buffer);
    const [upper, lower] = [await sha256(bytesOf(0, 64)), await sha256(bytesOf(64, 100))];
    const bytes = Uint8Array.of(130, 0, 0, 0, 100, 0, 0, 0, ...upper, ...lower);
    expect(await filmHash(film)).toBe(toHex(await sha256(bytes)));
  });

  it('tells a wide picture from a tall one', async () => {
    const means = new Float32Array(6);
    expect(await filmHash(pictureOf(2, 1, means))).not.toBe(await filmHash(pictureOf(1, 2, means)));
  });
});

describe('a developed picture', () => {
  it('has every pixel where its Tile lies', () => {
    const plan = blockPlan(130, 100, 1);
    const film = new Film(plan, 0);
    for (let task = 0; task < plan.taskCount; task++) {
      const { x, y, width, height, ...rest } = plan.block(task);
      const sums = Float32Array.from({ length: width * height * 3 }, (_, i) => {
        const pixel = Math.floor(i / 3);
        return ((y + Math.floor(pixel / width)) * 130 + x + (pixel % width)) * 3 + (i % 3);
      });
      film.add({ ...rest, x, y, width, height }, sums);
    }
    expect(develop(film)).toEqual(Float32Array.from({ length: 130 * 100 * 3 }, (_, i) => i));
    for (const [x, y] of [
      [0, 0],
      [129, 99],
      [64, 63],
    ] as const) {
      expect(film.brightest(x, y)).toBe((y * 130 + x) * 3 + 2);
    }
  });
});
