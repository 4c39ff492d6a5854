/**
 * The Film: what has been rendered so far of one frame. Each (Tile, Block) is folded exactly once and, within its Tile, in Block order:
 * floating-point addition is not associative, so a fixed order is what makes the picture's bits independent of who
 * rendered what and what arrived when. A Block that comes early waits for the ones before it; how many can wait is bounded by
 * the lease table, which does not run ahead of the oldest open Task without limit.
 *
 * With a noise goal a Tile is finished as soon as its folded Blocks say so (noise.ts): that depends on nothing but these Blocks, so
 * every run stops at the same one. Whatever of the Tile was rendered beyond it is thrown away.
 *
 * So the state of a Tile is a function of one number, how many of its Blocks are folded, and two Films of a render can be made one: of
 * each Tile the longer prefix counts, for it has all of the shorter one.
 */
import { LeafcutterError } from '../../runtime/index.ts';
import { isTileFinished, NoiseMeter, type TileGoal, type TileStates } from './noise.ts';
import type { BlockPlan, PlannedBlock } from './plan.ts';
import { type TiledPicture, tileFloats } from './tile-pixels.ts';
import {
  BadTileError,
  decodeTileState,
  encodeTileSums,
  type TileMeans,
  type TileSums,
} from './tile-state.ts';
import { TILE_SIZE, tileAt, tileBounds, tiledPixel, tileStart } from './tiles.ts';

export class BadBlockError extends LeafcutterError {
  constructor(reason: string) {
    super('bad-block', `a rendered block is not usable: ${reason}`);
  }
}

export class FilmTooLargeError extends LeafcutterError {
  constructor(width: number, height: number, options?: { cause?: unknown }) {
    super(
      'film-too-large',
      `a picture of ${width}x${height} pixels does not fit into this machine's memory; choose a smaller size`,
      options,
    );
  }
}

/**
 * The sums of a Block from its bytes (float32, little-endian, RGB row-major), checked: what a worker elsewhere sends must
 * have the Block's length and be finite before it may touch the picture.
 * @throws BadBlockError
 */
export function parseBlockSums(bytes: Uint8Array, block: PlannedBlock): Float32Array {
  const expected = block.width * block.height * 3 * Float32Array.BYTES_PER_ELEMENT;
  if (bytes.byteLength !== expected) {
    throw new BadBlockError(`it has ${bytes.byteLength} bytes instead of ${expected}`);
  }
  const isAligned = bytes.byteOffset % Float32Array.BYTES_PER_ELEMENT === 0;
  // A copy by constructor: `slice` of a Node Buffer is a view of the same, misaligned memory.
  const aligned = isAligned ? bytes : new Uint8Array(bytes);
  const sums = new Float32Array(
    aligned.buffer,
    aligned.byteOffset,
    expected / Float32Array.BYTES_PER_ELEMENT,
  );
  for (const value of sums) {
    if (!Number.isFinite(value)) throw new BadBlockError('it holds a number that is not finite');
  }
  return sums;
}

function freshMarks({ grid: { tileCount } }: BlockPlan): TileStates {
  const unknown = (): Float32Array => new Float32Array(tileCount).fill(Number.POSITIVE_INFINITY);
  return { tileSamples: new Uint32Array(tileCount), tileNoise: unknown(), tileSpread: unknown() };
}

export class Film implements TiledPicture, TileStates {
  readonly width: number;
  readonly height: number;
  readonly tileSize = TILE_SIZE;
  readonly tilesAcross: number;
  readonly tilesDown: number;
  readonly tileSamples: Uint32Array;
  /** Infinity while it is not known; never known without a goal. */
  readonly tileNoise: Float32Array;
  /** For forecasts: see `NoiseMeter.spread`. Not part of a Tile's state: what is taken from another Film may lack it. */
  readonly tileSpread: Float32Array;
  readonly #plan: BlockPlan;
  readonly #goal: TileGoal;
  readonly #noise: NoiseMeter | undefined;
  /** Tile after Tile: 24 bytes a pixel are all that is kept of a picture (32 with a noise goal). */
  readonly #sums: Float64Array;
  /** The Block each Tile folds next: the length of its prefix. */
  readonly #next: Uint32Array;
  readonly #waiting = new Map<number, Map<number, { block: PlannedBlock; sums: Float32Array }>>();
  #waitingBlocks = 0;
  #tilesFinished = 0;
  #samplesDone = 0;
  #samplesNeeded: number;

  /** `noise`: as in RenderSettings. `marks`: the two lists, where they are part of longer ones. @throws FilmTooLargeError */
  constructor(plan: BlockPlan, noise: number, marks: TileStates = freshMarks(plan)) {
    const { width, height, tileCount, tilesAcross, tilesDown } = plan.grid;
    this.#plan = plan;
    this.#goal = { samples: plan.samples, noise };
    this.width = width;
    this.height = height;
    this.tilesAcross = tilesAcross;
    this.tilesDown = tilesDown;
    try {
      this.#sums = new Float64Array(width * height * 3);
      this.#noise = noise > 0 ? new NoiseMeter(plan.grid, marks.tileSpread) : undefined;
    } catch (cause) {
      throw new FilmTooLargeError(width, height, { cause });
    }
    this.tileSamples = marks.tileSamples;
    this.tileNoise = marks.tileNoise;
    this.tileSpread = marks.tileSpread;
    this.#next = new Uint32Array(tileCount);
    this.#samplesNeeded = width * height * plan.samples;
  }

  /** Blocks that came before their turn and are held. */
  get waitingBlocks(): number {
    return this.#waitingBlocks;
  }

  get isComplete(): boolean {
    return this.#tilesFinished === this.#plan.grid.tileCount;
  }

  get tilesFinished(): number {
    return this.#tilesFinished;
  }

  /** Pixel samples that are here, folded or waiting. */
  get samplesDone(): number {
    return this.#samplesDone;
  }

  /** Pixel samples of the whole picture: of a finished Tile those that it has, of any other all that it may need. */
  get samplesNeeded(): number {
    return this.#samplesNeeded;
  }

  /** The noisiest Tile's noise; undefined while that of some Tile is not known. */
  get worstNoise(): number | undefined {
    const worst = this.tileNoise.reduce((most, noise) => Math.max(most, noise), 0);
    return Number.isFinite(worst) ? worst : undefined;
  }

  isFinished(tile: number): boolean {
    return isTileFinished(this.#goal, this.tileSamples[tile] ?? 0, this.tileNoise[tile] ?? 0);
  }

  /** Blocks of the Tile that are folded. */
  prefix(tile: number): number {
    return this.#next[tile] ?? 0;
  }

  /** Whether this Block would change nothing any more. */
  isSettled(tile: number, block: number): boolean {
    return block < this.prefix(tile) || this.isFinished(tile) || this.#waiting.get(tile)?.has(block) === true;
  }

  /** mean = float32(sum / samples). */
  readTile(tile: number, target: Float32Array, offset: number): number {
    const sums = this.#sumsOf(tile);
    const samples = Math.max(1, this.tileSamples[tile] ?? 1);
    for (let i = 0; i < sums.length; i++) target[offset + i] = (sums[i] ?? 0) / samples;
    return sums.length;
  }

  /**
   * The means of all Tiles, one after the other, in the memory of their sums, so that a picture takes no more of it at its end than
   * before. It is the end of the Film: nothing may be read from it or added to it any more.
   */
  takeMeans(): Float32Array {
    const { grid } = this.#plan;
    const means = new Float32Array(this.#sums.buffer, 0, this.#sums.length);
    // In this order each mean lies at or before the sum that it is made of, never on one that is still to be read.
    for (let tile = 0; tile < grid.tileCount; tile++) this.readTile(tile, means, 3 * tileStart(grid, tile));
    return means;
  }

  brightest(x: number, y: number): number {
    const { grid } = this.#plan;
    const at = 3 * tiledPixel(grid, x, y);
    const [red = 0, green = 0, blue = 0] = [this.#sums[at], this.#sums[at + 1], this.#sums[at + 2]];
    return Math.max(red, green, blue) / Math.max(1, this.tileSamples[tileAt(grid, x, y)] ?? 1);
  }

  /**
   * Takes the sums of a Block (RGB row-major, not copied: leave them alone). True when the Tile's pixels changed; false when the
   * Block waits, was there already, or is of a finished Tile.
   */
  add(block: PlannedBlock, sums: Float32Array): boolean {
    if (this.isSettled(block.tile, block.block)) return false;
    this.#samplesDone += samplesOf(block);
    if (block.block > this.prefix(block.tile)) {
      this.#hold(block, sums);
      return false;
    }
    this.#accumulate(block, sums);
    this.#foldOn(block.tile);
    return true;
  }

  /** The state of a Tile, to the bit, without what waits: see tile-state.ts. */
  encodeTile(tile: number): Uint8Array {
    return encodeTileSums({
      prefix: this.prefix(tile),
      sums: this.#sumsOf(tile),
      squares: this.#noise?.squaresOf(tile),
    });
  }

  /**
   * Takes a Tile's state from another Film of the same plan where its prefix is the longer one, and folds on what waits here.
   * True when the Tile's pixels changed. @throws BadTileError when it cannot be a state of this Tile
   */
  mergeTile(tile: number, bytes: Uint8Array): boolean {
    const { boundaries, blocksPerTile } = this.#plan;
    const sums = this.#sumsOf(tile);
    const state = decodeTileState(bytes, sums.length / 3, this.#noise !== undefined);
    if (state.prefix > blocksPerTile) {
      throw new BadTileError(`it claims ${state.prefix} blocks of ${blocksPerTile}`);
    }
    if (state.prefix <= this.prefix(tile) || this.isFinished(tile)) return false;
    const before = this.tileSamples[tile] ?? 0;
    const samples = boundaries[state.prefix] ?? 0;
    const noise =
      state.form === 'sums' ? this.#takeSums(tile, samples, state) : this.#takeMeans(tile, samples, state);
    this.#samplesDone += (samples - before) * (sums.length / 3);
    this.#next[tile] = state.prefix;
    this.tileSamples[tile] = samples;
    this.tileNoise[tile] = noise;
    this.#letGo(tile, (block) => block < state.prefix);
    this.#foldOn(tile);
    return true;
  }

  /** Forgets all of a Tile, with what waits for its turn: something in it is wrong. True when its pixels changed. */
  resetTile(tile: number): boolean {
    const samples = this.tileSamples[tile] ?? 0;
    const sums = this.#sumsOf(tile);
    if (this.isFinished(tile)) {
      this.#tilesFinished--;
      this.#samplesNeeded += ((this.#plan.samples - samples) * sums.length) / 3;
    }
    this.#samplesDone -= (samples * sums.length) / 3;
    this.#letGo(tile, () => true);
    sums.fill(0);
    this.#noise?.squaresOf(tile).fill(0);
    this.#next[tile] = 0;
    this.tileSamples[tile] = 0;
    this.tileNoise[tile] = Number.POSITIVE_INFINITY;
    return samples > 0;
  }

  #takeSums(tile: number, samples: number, { sums, squares }: TileSums): number {
    this.#sumsOf(tile).set(sums);
    if (!this.#noise) return Number.POSITIVE_INFINITY;
    if (squares) this.#noise.squaresOf(tile).set(squares);
    return this.#noise.noiseOf(tile, samples, sums);
  }

  /** Of a Tile that needs nothing more. Sums of 24 + 16 bits fit into a float64, so that the mean is the same float32 again. */
  #takeMeans(tile: number, samples: number, { means, noise }: TileMeans): number {
    if (!isTileFinished(this.#goal, samples, noise)) throw new BadTileError('it is said to be finished');
    const sums = this.#sumsOf(tile);
    for (let i = 0; i < sums.length; i++) sums[i] = (means[i] ?? 0) * samples;
    return noise;
  }

  #sumsOf(tile: number): Float64Array {
    const start = 3 * tileStart(this.#plan.grid, tile);
    return this.#sums.subarray(start, start + tileFloats(this.#plan.grid, tile));
  }

  #hold(block: PlannedBlock, sums: Float32Array): void {
    let waiting = this.#waiting.get(block.tile);
    if (!waiting) {
      waiting = new Map();
      this.#waiting.set(block.tile, waiting);
    }
    waiting.set(block.block, { block, sums });
    this.#waitingBlocks++;
  }

  #accumulate(block: PlannedBlock, sums: Float32Array): void {
    const { tile } = block;
    const total = this.#sumsOf(tile);
    for (let i = 0; i < total.length; i++) total[i] = (total[i] ?? 0) + (sums[i] ?? 0);
    this.#next[tile] = block.block + 1;
    this.tileSamples[tile] = block.firstSample + block.sampleCount;
    if (this.#noise) this.tileNoise[tile] = this.#noise.folded(block, sums, total);
  }

  /** Folds what waits and is next, until nothing is or the Tile is finished. */
  #foldOn(tile: number): void {
    const waiting = this.#waiting.get(tile);
    while (waiting && !this.isFinished(tile)) {
      const turn = this.prefix(tile);
      const held = waiting.get(turn);
      if (!held) break;
      waiting.delete(turn);
      this.#waitingBlocks--;
      this.#accumulate(held.block, held.sums);
    }
    if (waiting?.size === 0) this.#waiting.delete(tile);
    if (this.isFinished(tile)) this.#finish(tile);
  }

  /** Nobody needs the rest of the Tile, and what came of it is let go. */
  #finish(tile: number): void {
    this.#tilesFinished++;
    this.#letGo(tile, () => true);
    const { width, height } = tileBounds(this.#plan.grid, tile);
    this.#samplesNeeded -= (this.#plan.samples - (this.tileSamples[tile] ?? 0)) * width * height;
  }

  #letGo(tile: number, isIn: (block: number) => boolean): void {
    const waiting = this.#waiting.get(tile);
    for (const [number, { block }] of waiting ?? []) {
      if (!isIn(number)) continue;
      waiting?.delete(number);
      this.#waitingBlocks--;
      this.#samplesDone -= samplesOf(block);
    }
    if (waiting?.size === 0) this.#waiting.delete(tile);
  }
}

function samplesOf({ width, height, sampleCount }: PlannedBlock): number {
  return width * height * sampleCount;
}
