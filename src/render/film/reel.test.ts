import { describe, expect, it, vi } from 'vitest';
import { seededRandom, uniform } from '../../runtime/index.ts';
import { Film } from './film.ts';
import { inMemory, tiledMeans } from './finished-frames.ts';
import { filmHash } from './hash.ts';
import { blockPlan, type PlannedBlock } from './plan.ts';
import { Reel } from './reel.ts';
import { BadTileError } from './tile-state.ts';

const FRAMES = 3;
const plan = blockPlan(100, 70, 12, { frames: FRAMES });
const still = blockPlan(100, 70, 12);

/** The sums of a Block: of no other Block, and of no round numbers. */
function sumsOf({ frame, tile, block, width, height }: PlannedBlock): Float32Array {
  const random = seededRandom(1 + frame * 10_000 + tile * 100 + block);
  return Float32Array.from({ length: width * height * 3 }, () => uniform(random));
}

const tasks = Array.from({ length: plan.taskCount }, (_, task) => task);

function add(reel: Reel, some: readonly number[]): void {
  for (const task of some) reel.add(plan.block(task), sumsOf(plan.block(task)));
}

/** What a Film makes of one frame alone. */
function filmOf(frame: number): Film {
  const film = new Film(still, 0);
  for (const task of tasks.filter((one) => plan.frameOf(one) === frame)) {
    const block = plan.block(task);
    film.add(block, sumsOf(block));
  }
  return film;
}

async function bytesOf(reel: Reel, part: number): Promise<Uint8Array> {
  return reel.encodePart(part);
}

describe('a Reel', () => {
  it('has of each frame what a Film of it alone has, whatever the order of arrival', async () => {
    const reel = new Reel(plan, 0, inMemory);
    add(reel, tasks.toReversed());
    expect(reel.isComplete).toBe(true);
    for (let frame = 0; frame < FRAMES; frame++) {
      expect(await reel.finished.hash(frame)).toBe(await filmHash(filmOf(frame)));
    }
    const hashes = await Promise.all([0, 1, 2].map((frame) => reel.finished.hash(frame)));
    expect(new Set(hashes).size).toBe(FRAMES);
  });

  it('counts what is done and needed over all frames, begun or not', () => {
    const reel = new Reel(plan, 0, inMemory);
    const all = FRAMES * 100 * 70 * 12;
    expect([reel.samplesDone, reel.samplesNeeded, reel.tilesFinished]).toEqual([0, all, 0]);
    let done = 0;
    for (const task of tasks) {
      add(reel, [task]);
      done += plan.cost(task);
      expect([reel.samplesDone, reel.samplesNeeded]).toEqual([done, all]);
    }
    expect([done, reel.tilesFinished]).toEqual([all, plan.partCount]);
  });

  it('knows what is settled of each frame for itself', () => {
    const reel = new Reel(plan, 0, inMemory);
    add(reel, tasks.slice(0, plan.taskCount / FRAMES));
    expect(reel.isSettled(0, 0, 0)).toBe(true);
    expect(reel.isSettled(1, 0, 0)).toBe(false);
    expect([0, 1].map((frame) => reel.finished.has(frame))).toEqual([true, false]);
    expect(reel.add(plan.block(0), sumsOf(plan.block(0)))).toBe(false);
  });

  it('is made one with another part by part, from frames in work and finished ones, to the same bits', async () => {
    const [from, to] = [new Reel(plan, 0, inMemory), new Reel(plan, 0, inMemory)];
    const half = plan.taskCount / FRAMES + 7;
    add(from, tasks.slice(0, half));
    add(to, tasks.slice(0, 5));
    for (let part = 0; part < plan.partCount; part++) {
      if (from.prefix(part) > to.prefix(part)) to.mergePart(part, await bytesOf(from, part));
      expect(to.prefix(part)).toBe(from.prefix(part));
    }
    expect(await to.finished.hash(0)).toBe(await filmHash(filmOf(0)));
    add(to, tasks.slice(half));
    for (const frame of [1, 2]) expect(await to.finished.hash(frame)).toBe(await filmHash(filmOf(frame)));
  });

  it('sends a finished frame in half the bytes of its sums, and its noise where there is a goal', async () => {
    const goal = 1e-9;
    const [from, to] = [new Reel(plan, goal, inMemory), new Reel(plan, goal, inMemory)];
    const before = await bytesOf(from, 0);
    add(from, tasks.slice(0, plan.taskCount / FRAMES));
    const after = await bytesOf(from, 0);
    expect(after.length).toBe(16 + 64 * 64 * 12);
    expect(before.length).toBe(8 + 64 * 64 * 32);
    expect(to.mergePart(0, after)).toBe(true);
    expect(to.tileNoise[0]).toBe(from.tileNoise[0]);
    expect(to.worstNoise).toBeUndefined();
  });

  it('refuses what cannot be a part: of no Tile, unfinished means, or not finite', async () => {
    const [from, to] = [new Reel(plan, 0, inMemory), new Reel(plan, 0, inMemory)];
    add(from, tasks);
    const good = await bytesOf(from, 0);
    const damage = (change: (view: DataView) => void) => {
      const bytes = good.slice();
      change(new DataView(bytes.buffer));
      return () => to.mergePart(0, bytes);
    };
    expect(() => to.mergePart(plan.partCount, good)).toThrow(BadTileError);
    expect(damage((view) => view.setUint32(0, 1, true))).toThrow(/finished/);
    expect(damage((view) => view.setFloat32(8, -1, true))).toThrow(BadTileError);
    expect(damage((view) => view.setFloat32(100, Number.NaN, true))).toThrow(BadTileError);
    expect(() => to.mergePart(0, good.subarray(4))).toThrow(BadTileError);
    expect(to.prefix(0)).toBe(0);
  });

  it('keeps a few finished frames in memory, and brings the others when they are wanted', async () => {
    const small = blockPlan(1024, 1024, 1, { frames: 12 });
    const setAside = vi.fn(inMemory);
    const reel = new Reel(small, 0, setAside);
    const frame = (at: number) => Array.from({ length: 256 }, (_, i) => at * 256 + i);
    for (let at = 0; at < 12; at++) {
      for (const task of frame(at)) {
        const block = small.block(task);
        reel.add(block, new Float32Array(block.width * block.height * 3).fill(at + 1));
      }
    }
    await expect.poll(() => reel.finished.means(0)).toBeUndefined();
    // 96 MiB of 12 MiB each.
    expect(setAside).toHaveBeenCalledTimes(4);
    expect(reel.finished.means(11)).toBeDefined();
    const target = new Float32Array(64 * 64 * 3);
    expect([reel.readTile(0, target, 0), target[0], reel.brightest(0, 5, 5)]).toEqual([12_288, 0, 0]);
    expect(reel.encodePart(0)).toBeInstanceOf(Promise);
    expect((await bytesOf(reel, 0)).length).toBe(16 + 12_288 * 4);
    await reel.bring(0);
    reel.readTile(0, target, 0);
    expect([target[0], reel.brightest(0, 5, 5)]).toEqual([1, 1]);
    expect(reel.bring(0)).toBeUndefined();
  });
});

it('means that are kept Tile after Tile are read as the Film has them', async () => {
  const film = filmOf(0);
  const reel = new Reel(plan, 0, inMemory);
  add(reel, tasks.slice(0, plan.taskCount / FRAMES));
  expect(await filmHash(tiledMeans(plan.grid, await reel.finished.load(0)))).toBe(await filmHash(film));
});
