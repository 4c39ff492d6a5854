/**
 * The block plan: which samples of which Tile of which frame make which Task, in which order. It is a pure function of the frames'
 * size, samples, noise goal and number, so a Task is named by one number on the wire and every Node means the same Block by it. A still picture is
 * a plan of one frame; of several, one comes after the other.
 *
 * Passes: every Tile gets 1 sample, then 15 more, then 16 at a time, and with 64 samples or more a half of what is there, at
 * most 64. The whole picture is there after the first 1/samples of the work, and since every Block costs the same to bring, however many
 * samples are in it, few and large ones later keep the cost per sample low (`npm run bench -- farm`).
 *
 * With a noise goal it is 1, 1, 2, 4, 8, then 16 at a time: Blocks are the batches by which the noise is known (noise.ts), and a Tile
 * should not go far beyond its goal.
 */
import { spiralOrder, type TileBounds, type TileGrid, tileBounds, tileGrid } from './tiles.ts';

/** A full pass of a Tile; with a noise goal a batch. A Block is then 48 KiB of sums for 65,536 pixel samples. */
export const PASS_SAMPLES = 16;
/** The largest pass: 262,144 pixel samples, half a second of one core: small enough to balance and to lose. */
const MAX_PASS_SAMPLES = 64;

/** How passes grow where no noise is asked for. */
interface Growth {
  /** Before the first full pass: how many times what it had a Tile has after the next one. */
  readonly factor: number;
  /** Of what a Tile has: its next pass, where that is more than a full one. */
  readonly share: number;
}

const GROWTH: Growth = { factor: PASS_SAMPLES, share: 1 / 2 };
/** As the version before divided pictures: those that it finished lie on disks, and are still shown. */
const FORMER_GROWTH: Growth = { factor: 4, share: 1 / 4 };

export interface PlannedBlock extends TileBounds {
  /** From 0. */
  readonly frame: number;
  readonly tile: number;
  /** The Block's place among its Tile's Blocks: the order of folding. */
  readonly block: number;
  readonly firstSample: number;
  readonly sampleCount: number;
}

export interface BlockPlan {
  readonly grid: TileGrid;
  readonly samples: number;
  readonly frames: number;
  /** Tiles of all frames: part `frame * grid.tileCount + tile` is a Tile of a frame. */
  readonly partCount: number;
  /** Blocks a Tile has: the same for all. */
  readonly blocksPerTile: number;
  /** Tasks in all; Task numbers are 0..taskCount-1 in the order in which they should be done. */
  readonly taskCount: number;
  /** @throws RangeError when `task` is no Task of this plan */
  block(task: number): PlannedBlock;
  /** First sample of each of a Tile's Blocks, and the end: what a Tile has when so many Blocks are folded. */
  readonly boundaries: Uint32Array;
  /** The frame of a Task of this plan. */
  frameOf(task: number): number;
  /** The Tile of its frame. */
  tileOf(task: number): number;
  partOf(task: number): number;
  /** Its place among its Tile's Blocks. */
  blockOf(task: number): number;
  /** Pixel samples of a Task: what it costs. */
  cost(task: number): number;
}

/** First sample of each pass, and the end: 0, 1, 16, 32, 48 ... samples, with a noise goal 0, 1, 2, 4, 8, 16, 32, 48 ... */
export function passBoundaries(samples: number, noise = 0, isFormer = false): Uint32Array {
  const growth = isFormer ? FORMER_GROWTH : GROWTH;
  const boundaries = [0];
  for (let reached = 0; reached < samples; ) {
    const pass = noise > 0 ? batchAfter(reached) : largePassAfter(reached, growth);
    reached = Math.min(samples, reached + pass);
    boundaries.push(reached);
  }
  return Uint32Array.from(boundaries);
}

const batchAfter = (reached: number): number => Math.min(Math.max(reached, 1), PASS_SAMPLES);

function largePassAfter(reached: number, { factor, share }: Growth): number {
  if (reached < PASS_SAMPLES) return Math.max(1, (factor - 1) * reached);
  // A power of two of full passes, so that none begins or ends within a full one.
  let pass = PASS_SAMPLES;
  while (pass < MAX_PASS_SAMPLES && 2 * pass <= share * reached) pass *= 2;
  return pass;
}

export interface PlanOptions {
  readonly frames?: number;
  /** As in RenderSettings. */
  readonly noise?: number;
  /** Divided as by the version before. */
  readonly isFormer?: boolean;
}

/** All in pixels, samples or frames, integers of at least 1. */
export function blockPlan(
  width: number,
  height: number,
  samples: number,
  { frames = 1, noise = 0, isFormer = false }: PlanOptions = {},
): BlockPlan {
  const grid = tileGrid(width, height);
  const order = spiralOrder(grid);
  const boundaries = passBoundaries(samples, noise, isFormer);
  const blocksPerTile = boundaries.length - 1;
  const tasksPerFrame = blocksPerTile * grid.tileCount;
  const taskCount = tasksPerFrame * frames;
  const frameOf = (task: number): number => Math.floor(task / tasksPerFrame);
  const blockOf = (task: number): number => Math.floor((task % tasksPerFrame) / grid.tileCount);
  const tileOf = (task: number): number => order[task % grid.tileCount] ?? 0;
  const block = (task: number): PlannedBlock => {
    const pass = blockOf(task);
    const tile = order[task % grid.tileCount];
    const firstSample = boundaries[pass];
    const end = boundaries[pass + 1];
    if (
      !(task >= 0 && task < taskCount) ||
      tile === undefined ||
      firstSample === undefined ||
      end === undefined
    ) {
      throw new RangeError(`task ${task} is outside a plan of ${taskCount} tasks`);
    }
    const sampleCount = end - firstSample;
    return { ...tileBounds(grid, tile), frame: frameOf(task), tile, block: pass, firstSample, sampleCount };
  };
  return {
    ...{ grid, samples, frames, blocksPerTile, boundaries, taskCount },
    partCount: grid.tileCount * frames,
    block,
    frameOf,
    tileOf,
    partOf: (task) => frameOf(task) * grid.tileCount + tileOf(task),
    blockOf,
    cost(task) {
      const planned = block(task);
      return planned.width * planned.height * planned.sampleCount;
    },
  };
}
