import { describe, expect, it } from 'vitest';
import { blockPlan, develop, Film, tileFloats } from '../film/index.ts';
import { JobPicture } from './job-picture.ts';

/** Two Tiles, of 64 and 36 columns. */
const plan = blockPlan(100, 64, 8);
const goal = { samples: 8, noise: 0 };

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

/** The Tiles as a coordinator sends them, every pixel of that value. Returns those that look different. */
function receive(
  picture: JobPicture,
  ...tiles: readonly (readonly [tile: number, samples: number, value: number])[]
) {
  const values: number[] = [];
  const received = tiles.map(([tile, samples, value]) => {
    const offset = values.length;
    if (samples > 0) values.push(...Array<number>(tileFloats(plan.grid, tile)).fill(value));
    return { tile, samples, noise: Number.POSITIVE_INFINITY, offset };
  });
  return picture.receive(received, Float32Array.from(values));
}

/** Of both Tiles: their samples, and how bright they are, asked in two ways. */
function look(picture: JobPicture) {
  const means = develop(picture);
  const shown = [picture.brightest(0, 0), picture.brightest(99, 63)];
  expect([means[0], means[3 * 99]]).toEqual(shown);
  return { samples: [...picture.tileSamples], shown };
}

const fresh = () => new JobPicture({ width: 100, height: 64 }, goal);

describe('the picture that a Node can show', () => {
  it('is black before anything came, and what the coordinator sends afterwards', () => {
    const picture = fresh();
    expect(look(picture)).toEqual({ samples: [0, 0], shown: [0, 0] });
    expect(receive(picture, [1, 4, 7])).toEqual([1]);
    expect(look(picture)).toEqual({ samples: [0, 4], shown: [0, 7] });
    expect(picture.isOwn).toBe(false);
  });

  it("is the own Film's where this Node coordinates, even where more was shown before: that is the truth", () => {
    const picture = fresh();
    receive(picture, [0, 8, 9], [1, 1, 9]);
    expect(picture.setFilm(filmOf(1, 3), true)).toEqual([0, 1]);
    expect(look(picture)).toEqual({ samples: [1, 4], shown: [1, 2] });
    expect(picture.isOwn).toBe(true);
  });

  it('does not step back while a fresh second copy catches up, Tile by Tile', () => {
    const picture = fresh();
    receive(picture, [0, 4, 9], [1, 2, 9]);
    const film = new Film(plan, 0);
    expect(picture.setFilm(film, false)).toEqual([]);
    film.mergeTile(1, filmOf(0, 3).encodeTile(1));
    expect(picture.filmChanged(1)).toBe(true);
    film.mergeTile(0, filmOf(1, 0).encodeTile(0));
    expect(picture.filmChanged(0)).toBe(false);
    expect(look(picture)).toEqual({ samples: [4, 4], shown: [9, 2] });
    expect(picture.isOwn).toBe(false);
    film.mergeTile(0, filmOf(3, 0).encodeTile(0));
    picture.filmChanged(0);
    expect(look(picture)).toEqual({ samples: [4, 4], shown: [1, 2] });
    expect(picture.isOwn).toBe(true);
  });

  it('is all in the second copy, too, when the coordinator takes back what was ahead of it', () => {
    const picture = fresh();
    receive(picture, [0, 8, 9]);
    picture.setFilm(filmOf(3, 3), false);
    expect(picture.isOwn).toBe(false);
    receive(picture, [0, 2, 9]);
    expect([...picture.tileSamples]).toEqual([4, 4]);
    expect(picture.isOwn).toBe(true);
  });

  it('stays when the Film goes to another Node, and goes on from there', () => {
    const picture = fresh();
    picture.setFilm(filmOf(2, 3), true);
    expect(picture.setFilm(undefined, false)).toEqual([]);
    expect(look(picture)).toEqual({ samples: [2, 4], shown: [1, 2] });
    expect(receive(picture, [0, 8, 5])).toEqual([0]);
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
    const changed = receive(picture, [0, 0, 0], [1, 1, 6]);
    expect(changed).toEqual([0, 1]);
    expect(look(picture)).toEqual({ samples: [0, 1], shown: [0, 6] });
  });

  it('is complete when every Tile has what it needs, from wherever', () => {
    const picture = fresh();
    picture.setFilm(filmOf(4, 1), false);
    expect(picture.isComplete).toBe(false);
    receive(picture, [1, 8, 2]);
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
