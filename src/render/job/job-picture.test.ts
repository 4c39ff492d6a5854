import { describe, expect, it } from 'vitest';
import { blockPlan, develop, inMemory, Reel, type TileGoal, tileFloats } from '../film/index.ts';
import type { FrameView } from './contract.ts';
import { JobPicture } from './job-picture.ts';

/** Two Tiles, of 64 and 36 columns, in Blocks as for a noise goal. */
const plan = blockPlan(100, 64, 8, { noise: 1 });
const goal = { samples: 8, noise: 0 };

/** A Reel of one frame whose Tiles have so many Blocks: of 1, 1, 2 and 4 samples, each sample as bright as its Tile's number and 1. */
function reelOf(...blocks: readonly number[]): Reel {
  const reel = new Reel(plan, 0, inMemory);
  for (let task = 0; task < plan.taskCount; task++) {
    const block = plan.block(task);
    if (block.block >= (blocks[block.tile] ?? 0)) continue;
    const sums = new Float32Array(tileFloats(plan.grid, block.tile));
    reel.add(block, sums.fill(block.sampleCount * (block.tile + 1)));
  }
  return reel;
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
    return { part: tile, samples, noise: Number.POSITIVE_INFINITY, offset };
  });
  return picture.receive(received, Float32Array.from(values));
}

/** Of both Tiles: their samples, and how bright they are, asked in two ways. */
function look(picture: JobPicture) {
  const means = develop(frameOf(picture));
  const shown = [picture.brightest(0, 0, 0), picture.brightest(0, 99, 63)];
  expect([means[0], means[3 * 99]]).toEqual(shown);
  return { samples: [...picture.tileSamples], shown };
}

const pictureWith = (goal: TileGoal, frames = 1) =>
  new JobPicture({ width: 100, height: 64 }, { frames, goal, setAside: inMemory });
const fresh = () => pictureWith(goal);

function frameOf(picture: JobPicture): FrameView {
  const [frame] = picture.frames;
  if (!frame) throw new Error('it has no frame');
  return frame;
}

function partOf(reel: Reel, part: number): Uint8Array {
  const bytes = reel.encodePart(part);
  if (bytes instanceof Promise) throw new Error('it is in memory');
  return bytes;
}

describe('the picture that a Node can show', () => {
  it('takes a few bytes a frame while nobody looks at it, of which there may be a million', () => {
    const before = process.memoryUsage().heapUsed;
    const frames = 2 ** 20;
    const picture = new JobPicture({ width: 64, height: 64 }, { frames, goal, setAside: inMemory });
    expect(picture.held).toHaveLength(0);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(16 * frames);
    expect(picture.frames).toHaveLength(frames);
  });

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
    expect(picture.setReel(reelOf(1, 3), true)).toEqual([0, 1]);
    expect(look(picture)).toEqual({ samples: [1, 4], shown: [1, 2] });
    expect(picture.isOwn).toBe(true);
  });

  it('does not step back while a fresh second copy catches up, Tile by Tile', () => {
    const picture = fresh();
    receive(picture, [0, 4, 9], [1, 2, 9]);
    const reel = new Reel(plan, 0, inMemory);
    expect(picture.setReel(reel, false)).toEqual([]);
    reel.mergePart(1, partOf(reelOf(0, 3), 1));
    expect(picture.reelChanged(1)).toBe(true);
    reel.mergePart(0, partOf(reelOf(1, 0), 0));
    expect(picture.reelChanged(0)).toBe(false);
    expect(look(picture)).toEqual({ samples: [4, 4], shown: [9, 2] });
    expect(picture.isOwn).toBe(false);
    reel.mergePart(0, partOf(reelOf(3, 0), 0));
    picture.reelChanged(0);
    expect(look(picture)).toEqual({ samples: [4, 4], shown: [1, 2] });
    expect(picture.isOwn).toBe(true);
  });

  it('is all in the second copy, too, when the coordinator takes back what was ahead of it', () => {
    const picture = fresh();
    receive(picture, [0, 8, 9]);
    picture.setReel(reelOf(3, 3), false);
    expect(picture.isOwn).toBe(false);
    receive(picture, [0, 2, 9]);
    expect([...picture.tileSamples]).toEqual([4, 4]);
    expect(picture.isOwn).toBe(true);
  });

  it('stays when the Film goes to another Node, and goes on from there', () => {
    const picture = fresh();
    picture.setReel(reelOf(2, 3), true);
    expect(picture.setReel(undefined, false)).toEqual([]);
    expect(look(picture)).toEqual({ samples: [2, 4], shown: [1, 2] });
    expect(receive(picture, [0, 8, 5])).toEqual([0]);
    expect([...picture.tileSamples]).toEqual([8, 4]);
  });

  it('stays when a fresh second copy takes the place of an older one', () => {
    const picture = fresh();
    picture.setReel(reelOf(4, 4), false);
    const reel = reelOf(0, 1);
    expect(picture.setReel(reel, false)).toEqual([]);
    expect([...picture.tileSamples]).toEqual([8, 8]);
    reel.mergePart(0, partOf(reelOf(4, 4), 0));
    reel.mergePart(1, partOf(reelOf(4, 4), 1));
    picture.reelChanged(0);
    expect(picture.isOwn).toBe(true);
  });

  it('has fewer samples where the coordinator says so, down to none', () => {
    const picture = fresh();
    picture.setReel(reelOf(4, 4), true);
    picture.setReel(undefined, false);
    const changed = receive(picture, [0, 0, 0], [1, 1, 6]);
    expect(changed).toEqual([0, 1]);
    expect(look(picture)).toEqual({ samples: [0, 1], shown: [0, 6] });
  });

  it('is complete when every Tile has what it needs, from wherever', () => {
    const picture = fresh();
    picture.setReel(reelOf(4, 1), false);
    expect(picture.isComplete).toBe(false);
    receive(picture, [1, 8, 2]);
    expect(picture.isComplete).toBe(true);
    const whole = fresh();
    whole.setReel(reelOf(4, 4), true);
    expect(develop(frameOf(picture))).toEqual(develop(frameOf(whole)));
    const noisy = pictureWith({ samples: 80, noise: 0.1 });
    noisy.receive(
      [0, 1].map((tile) => ({ part: tile, samples: 48, noise: 0.05 + 0.1 * tile, offset: 0 })),
      new Float32Array(tileFloats(plan.grid, 0)),
    );
    expect(noisy.isComplete).toBe(false);
    expect([...noisy.tileNoise].map((noise) => noise < 0.1)).toEqual([true, false]);
  });
});
