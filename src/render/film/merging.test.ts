/** Two Films of one render made one: what a second copy, a partition that heals, and a disk do. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Film } from './film.ts';
import { filmHash } from './hash.ts';
import { noisyBlocks } from './noisy-blocks.testing.ts';
import { type BlockPlan, blockPlan } from './plan.ts';
import { BadTileError } from './tile-state.ts';

/** Four Tiles; with a goal the first two are finished early, the last one never. */
const GOAL = 0.046;
const plan = blockPlan(100, 70, 80, { noise: GOAL });
const SPREADS = [0.02, 0.1, 0.3, 5];

const SUMS = noisyBlocks(plan, SPREADS);
const add = (film: Film, task: number) => film.add(plan.block(task), SUMS[task] ?? new Float32Array());

function whole(noise: number): Film {
  const film = new Film(plan, noise);
  for (let task = 0; task < plan.taskCount; task++) add(film, task);
  return film;
}

/** A Block for one of the two Films, a Tile of one for the other, or a Tile that is begun anew. */
type Step =
  | { readonly type: 'add'; readonly film: number; readonly task: number }
  | { readonly type: 'merge' | 'reset'; readonly film: number; readonly tile: number };

const index = (below: number) => fc.integer({ min: 0, max: below - 1 });
const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        type: fc.constant('add' as const),
        film: index(2),
        task: index(plan.taskCount),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        type: fc.constantFrom('merge' as const, 'merge' as const, 'reset' as const),
        film: index(2),
        tile: index(plan.grid.tileCount),
      }),
    },
  ),
  { maxLength: 120 },
);

function take(films: readonly Film[], step: Step): boolean {
  const [film, other] = [films[step.film], films[1 - step.film]];
  if (!film || !other) return false;
  if (step.type === 'add') return add(film, step.task);
  if (step.type === 'reset') return film.resetTile(step.tile);
  return film.mergeTile(step.tile, other.encodeTile(step.tile));
}

function expectSame(film: Film, expected: Film): void {
  expect(film.tileSamples).toEqual(expected.tileSamples);
  expect(film.tileNoise).toEqual(expected.tileNoise);
  expect(film.isComplete).toBe(true);
  expect(film.tilesFinished).toBe(plan.grid.tileCount);
  expect(film.waitingBlocks).toBe(0);
  expect(film.samplesDone).toBe(expected.samplesDone);
  expect(film.samplesNeeded).toBe(expected.samplesNeeded);
}

describe.each([0, GOAL])('two Films with a noise goal of %d', (noise) => {
  it('end with the bits of one alone, however Blocks and copies of Tiles come', async () => {
    const expected = whole(noise);
    const hash = await filmHash(expected);
    await fc.assert(
      fc.asyncProperty(steps, async (taken) => {
        const films = [new Film(plan, noise), new Film(plan, noise)];
        for (const step of taken) {
          const film = films[step.film];
          const before = [...(film?.tileSamples ?? [])];
          const hasChanged = take(films, step);
          expect(hasChanged).toBe([...(film?.tileSamples ?? [])].some((samples, i) => samples !== before[i]));
        }
        // What neither has goes to the first, and the second gets everything from it.
        for (let task = 0; task < plan.taskCount; task++) take(films, { type: 'add', film: 0, task });
        for (let tile = 0; tile < plan.grid.tileCount; tile++) take(films, { type: 'merge', film: 1, tile });
        for (const film of films) {
          expectSame(film, expected);
          expect(await filmHash(film)).toBe(hash);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('count what is here after every step as it would be counted from the Tiles', () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const films = [new Film(plan, noise), new Film(plan, noise)];
        const isSettled = films.map(() => new Array<boolean>(plan.taskCount).fill(false));
        for (const step of taken) take(films, step);
        for (const [i, film] of films.entries()) {
          let done = 0;
          for (let task = 0; task < plan.taskCount; task++) {
            const { tile, block, width, height, sampleCount } = plan.block(task);
            const isHere =
              block < film.prefix(tile) || (!film.isFinished(tile) && film.isSettled(tile, block));
            if (isHere) done += width * height * sampleCount;
            const settled = isSettled[i];
            if (settled) settled[task] = film.isSettled(tile, block);
          }
          expect(film.samplesDone).toBe(done);
        }
        // What is settled stays so, whatever comes.
        for (let tile = 0; tile < plan.grid.tileCount; tile++) take(films, { type: 'merge', film: 0, tile });
        for (let task = 0; task < plan.taskCount; task++) {
          const { tile, block } = plan.block(task);
          if (isSettled[0]?.[task]) expect(films[0]?.isSettled(tile, block)).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('a copy of a Tile', () => {
  const tileTasks = (tile: number) =>
    Array.from({ length: plan.taskCount }, (_, task) => task).filter((task) => plan.tileOf(task) === tile);

  it('lets what waited for it be folded on', () => {
    const [ahead, behind] = [new Film(plan, 0), new Film(plan, 0)];
    const [first = 0, second = 0, third = 0, fourth = 0] = tileTasks(2);
    for (const task of [first, second]) add(ahead, task);
    for (const task of [second, third, fourth]) expect(add(behind, task)).toBe(false);
    expect(behind.mergeTile(2, ahead.encodeTile(2))).toBe(true);
    expect([behind.prefix(2), behind.waitingBlocks, behind.tileSamples[2]]).toEqual([4, 0, 8]);
  });

  it('changes nothing where as much or more is here', () => {
    const [shorter, longer] = [new Film(plan, 0), new Film(plan, 0)];
    const [first = 0, second = 0] = tileTasks(0);
    add(shorter, first);
    add(longer, first);
    add(longer, second);
    const before = longer.encodeTile(0);
    expect(longer.mergeTile(0, shorter.encodeTile(0))).toBe(false);
    expect(longer.mergeTile(0, new Film(plan, 0).encodeTile(0))).toBe(false);
    expect(longer.encodeTile(0)).toEqual(before);
  });

  it('is read at any alignment', () => {
    const [from, to] = [whole(0), new Film(plan, 0)];
    const bytes = from.encodeTile(1);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(to.mergeTile(1, shifted.subarray(3))).toBe(true);
    expect(to.encodeTile(1)).toEqual(bytes);
  });

  const damage = (plain: BlockPlan, noise: number, change: (view: DataView) => void): (() => boolean) => {
    const bytes = whole(noise).encodeTile(0);
    change(new DataView(bytes.buffer));
    return () => new Film(plain, noise).mergeTile(0, bytes);
  };

  it('is refused when it is of another size, not finite, or claims more Blocks than there are', () => {
    const film = new Film(plan, 0);
    const good = whole(0).encodeTile(0);
    expect(() => film.mergeTile(0, good.subarray(8))).toThrow(BadTileError);
    expect(() => film.mergeTile(3, good)).toThrow(BadTileError);
    expect(() => new Film(plan, GOAL).mergeTile(0, good)).toThrow(BadTileError);
    expect(damage(plan, 0, (view) => view.setFloat64(808, Number.NaN, true))).toThrow(BadTileError);
    expect(damage(plan, 0, (view) => view.setUint32(0, plan.blocksPerTile + 1, true))).toThrow(BadTileError);
    expect(damage(plan, GOAL, (view) => view.setFloat64(view.byteLength - 8, -1, true))).toThrow(
      BadTileError,
    );
    expect(damage(plan, GOAL, (view) => view.setFloat64(808, 0.5, true))()).toBe(true);
    expect(film.prefix(0)).toBe(0);
  });
});
