import { describe, expect, it } from 'vitest';
import { blockPlan, develop, Film, tileFloats } from '../film/index.ts';
import { JobPicture } from './job-picture.ts';

/** Two Tiles, of 64 and 36 columns. */
const plan = blockPlan(100, 64, 8);
const goal = { samples: 8, noise: 0 };
const INFINITE = Number.POSITIVE_INFINITY;

/** A Film whose Tiles have so many Blocks: of 1, 1, 2 and 4 samples, each sample as bright as its Tile's number and 1. */
function filmOf(...blocks: readonly number[]): Film {
  const film = new Film(plan, 0);
  for (let task = 0; task < plan.taskCount; task++) {
    const block = plan.block(task);
    if (block.block >= (blocks[block.tile] ?? 0)) continue;
    const sums = new Float32Array(tileFloats(plan.grid, block.tile));
    film.add(block, sums.fill(block.sampleCount * (block.tile + 1)));
  }
  return film;
}

/** The Tiles as a coordinator sends them, every pixel of that value. */
function sent(tiles: readonly { tile: number; samples: number; value: number }[]) {
  const sizes = tiles.map(({ tile, samples }) => (samples > 0 ? tileFloats(plan.grid, tile) : 0));
  const values = new Float32Array(sizes.reduce((sum, size) => sum + size, 0));
  let offset = 0;
  const received = tiles.map(({ tile, samples, value }, i) => {
    const start = offset;
    offset += sizes[i] ?? 0;
    values.fill(value, start, offset);
    return { tile, samples, noise: INFINITE, offset: start };
  });
  return [received, values] as const;
}

const look = (picture: JobPicture) => [
  [...picture.tileSamples],
  [picture.brightest(0, 0), picture.brightest(99, 63)],
  [develop(picture)[0], develop(picture)[3 * 99]],
];

const fresh = () => new JobPicture({ width: 100, height: 64 }, goal);

describe('the picture that a Node can show', () => {
  it('is black before anything came, and what the coordinator sends afterwards', () => {
    const picture = fresh();
    expect(look(picture)).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    expect(picture.receive(...sent([{ tile: 1, samples: 4, value: 7 }]))).toEqual([1]);
    expect(look(picture)).toEqual([
      [0, 4],
      [0, 7],
      [0, 7],
    ]);
    expect(picture.isOwn).toBe(false);
  });

  it("is the own Film's where this Node coordinates, even where more was shown before: that is the truth", () => {
    const picture = fresh();
    picture.receive(
      ...sent([
        { tile: 0, samples: 8, value: 9 },
        { tile: 1, samples: 1, value: 9 },
      ]),
    );
    expect(picture.setFilm(filmOf(1, 3), true)).toEqual([0, 1]);
    expect(look(picture)).toEqual([
      [1, 4],
      [1, 2],
      [1, 2],
    ]);
    expect(picture.isOwn).toBe(true);
  });

  it('does not step back while a fresh second copy catches up, Tile by Tile', () => {
    const picture = fresh();
    picture.receive(
      ...sent([
        { tile: 0, samples: 4, value: 9 },
        { tile: 1, samples: 2, value: 9 },
      ]),
    );
    const film = new Film(plan, 0);
    expect(picture.setFilm(film, false)).toEqual([]);
    film.mergeTile(1, filmOf(0, 3).encodeTile(1));
    expect(picture.filmChanged(1)).toBe(true);
    film.mergeTile(0, filmOf(1, 0).encodeTile(0));
    expect(picture.filmChanged(0)).toBe(false);
    expect(look(picture)).toEqual([
      [4, 4],
      [9, 2],
      [9, 2],
    ]);
    expect(picture.isOwn).toBe(false);
    film.mergeTile(0, filmOf(3, 0).encodeTile(0));
    picture.filmChanged(0);
    expect(look(picture)).toEqual([
      [4, 4],
      [1, 2],
      [1, 2],
    ]);
    expect(picture.isOwn).toBe(true);
  });

  it('is all in the second copy, too, when the coordinator takes back what was ahead of it', () => {
    const picture = fresh();
    picture.receive(...sent([{ tile: 0, samples: 8, value: 9 }]));
    picture.setFilm(filmOf(3, 3), false);
    expect(picture.isOwn).toBe(false);
    picture.receive(...sent([{ tile: 0, samples: 2, value: 9 }]));
    expect([...picture.tileSamples]).toEqual([4, 4]);
    expect(picture.isOwn).toBe(true);
  });

  it('stays when the Film goes to another Node, and goes on from there', () => {
    const picture = fresh();
    picture.setFilm(filmOf(2, 3), true);
    expect(picture.setFilm(undefined, false)).toEqual([]);
    expect(look(picture)).toEqual([
      [2, 4],
      [1, 2],
      [1, 2],
    ]);
    expect(picture.receive(...sent([{ tile: 0, samples: 8, value: 5 }]))).toEqual([0]);
    expect([...picture.tileSamples]).toEqual([8, 4]);
  });

  it('stays when a fresh second copy takes the place of an older one', () => {
    const picture = fresh();
    picture.setFilm(filmOf(4, 4), false);
    const film = filmOf(0, 1);
    expect(picture.setFilm(film, false)).toEqual([]);
    expect([...picture.tileSamples]).toEqual([8, 8]);
    film.mergeTile(0, filmOf(4, 4).encodeTile(0));
    film.mergeTile(1, filmOf(4, 4).encodeTile(1));
    picture.filmChanged(0);
    expect(picture.isOwn).toBe(true);
  });

  it('has fewer samples where the coordinator says so, down to none', () => {
    const picture = fresh();
    picture.setFilm(filmOf(4, 4), true);
    picture.setFilm(undefined, false);
    const changed = picture.receive(
      ...sent([
        { tile: 0, samples: 0, value: 0 },
        { tile: 1, samples: 1, value: 6 },
      ]),
    );
    expect(changed).toEqual([0, 1]);
    expect(look(picture)).toEqual([
      [0, 1],
      [0, 6],
      [0, 6],
    ]);
  });

  it('is complete when every Tile has what it needs, from wherever', () => {
    const picture = fresh();
    picture.setFilm(filmOf(4, 1), false);
    expect(picture.isComplete).toBe(false);
    picture.receive(...sent([{ tile: 1, samples: 8, value: 2 }]));
    expect(picture.isComplete).toBe(true);
    expect(develop(picture)).toEqual(develop(filmOf(4, 4)));
    const noisy = new JobPicture({ width: 100, height: 64 }, { samples: 80, noise: 0.1 });
    noisy.receive(
      [0, 1].map((tile) => ({ tile, samples: 48, noise: 0.05 + 0.1 * tile, offset: 0 })),
      new Float32Array(tileFloats(plan.grid, 0)),
    );
    expect(noisy.isComplete).toBe(false);
    expect([...noisy.tileNoise].map((noise) => noise < 0.1)).toEqual([true, false]);
  });
});
