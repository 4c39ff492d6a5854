/**
 * The Film: what has been rendered so far. Each (Tile, Block) is folded exactly once and, within its Tile, in Block order:
 * floating-point addition is not associative, so a fixed order is what makes the picture's bits independent of who
 * rendered what and what arrived when. A Block that comes early waits for the ones before it; how many can wait is bounded by
 * the lease table, which does not run ahead of the oldest open Task without limit.
 *
 * With a noise goal a Tile is finished as soon as its folded Blocks say so (noise.ts): that depends on nothing but these Blocks, so
 * every run stops at the same one. Whatever of the Tile was rendered beyond it is thrown away.
 */
import { LeafcutterError } from '../../runtime/index.ts';
import { isTileFinished, NoiseMeter } from './noise.ts';
import type { BlockPlan, PlannedBlock } from './plan.ts';
import { TILE_SIZE, tileBounds } from './tiles.ts';

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

export class Film {
  readonly width: number;
  readonly height: number;
  readonly tileSize = TILE_SIZE;
  readonly tilesAcross: number;
  readonly tilesDown: number;
  readonly means: Float32Array;
  readonly tileSamples: Uint32Array;
  /** Infinity while it is not known; never known without a goal. */
  readonly tileNoise: Float32Array;
  readonly #plan: BlockPlan;
  readonly #goal: number;
  readonly #noise: NoiseMeter | undefined;
  readonly #sums: Float64Array;
  /** The Block each Tile folds next. */
  readonly #next: Uint32Array;
  readonly #waiting = new Map<number, Map<number, { block: PlannedBlock; sums: Float32Array }>>();
  #waitingBlocks = 0;
  #tilesFinished = 0;
  #sparedSamples = 0;

  /** `noise`: as in RenderSettings. @throws FilmTooLargeError */
  constructor(plan: BlockPlan, noise: number) {
    const { width, height, tileCount, tilesAcross, tilesDown } = plan.grid;
    this.#plan = plan;
    this.#goal = noise;
    this.width = width;
    this.height = height;
    this.tilesAcross = tilesAcross;
    this.tilesDown = tilesDown;
    try {
      this.#sums = new Float64Array(width * height * 3);
      this.means = new Float32Array(width * height * 3);
      this.#noise = noise > 0 ? new NoiseMeter(plan.grid) : undefined;
    } catch (cause) {
      throw new FilmTooLargeError(width, height, { cause });
    }
    this.tileSamples = new Uint32Array(tileCount);
    this.tileNoise = new Float32Array(tileCount).fill(Number.POSITIVE_INFINITY);
    this.#next = new Uint32Array(tileCount);
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

  /** Pixel samples that nobody had to render and nobody needs to: those of finished Tiles beyond their end. */
  get sparedSamples(): number {
    return this.#sparedSamples;
  }

  /** The noisiest Tile's noise; undefined while that of some Tile is not known. */
  get worstNoise(): number | undefined {
    const worst = this.tileNoise.reduce((most, noise) => Math.max(most, noise), 0);
    return Number.isFinite(worst) ? worst : undefined;
  }

  isFinished(tile: number): boolean {
    const settings = { samples: this.#plan.samples, noise: this.#goal };
    return isTileFinished(settings, this.tileSamples[tile] ?? 0, this.tileNoise[tile] ?? 0);
  }

  /**
   * Takes the sums of a Block (RGB row-major, not copied: leave them alone). True when the Tile's pixels changed; false when the
   * Block waits, was there already, or is of a finished Tile.
   */
  add(block: PlannedBlock, sums: Float32Array): boolean {
    const next = this.#next[block.tile] ?? 0;
    if (block.block < next || this.isFinished(block.tile)) return false;
    if (block.block > next) {
      this.#hold(block, sums);
      return false;
    }
    this.#accumulate(block, sums);
    const waiting = this.#waiting.get(block.tile);
    for (let turn = next + 1; waiting && !this.isFinished(block.tile); turn++) {
      const held = waiting.get(turn);
      if (!held) break;
      waiting.delete(turn);
      this.#waitingBlocks--;
      this.#accumulate(held.block, held.sums);
    }
    if (this.isFinished(block.tile)) this.#finish(block);
    else if (waiting?.size === 0) this.#waiting.delete(block.tile);
    this.#develop(block.tile);
    return true;
  }

  #hold(block: PlannedBlock, sums: Float32Array): void {
    let waiting = this.#waiting.get(block.tile);
    if (!waiting) {
      waiting = new Map();
      this.#waiting.set(block.tile, waiting);
    }
    if (waiting.has(block.block)) return;
    waiting.set(block.block, { block, sums });
    this.#waitingBlocks++;
  }

  #accumulate(block: PlannedBlock, sums: Float32Array): void {
    const total = this.#sums;
    const rowFloats = block.width * 3;
    for (let row = 0; row < block.height; row++) {
      const to = ((block.y + row) * this.width + block.x) * 3;
      const from = row * rowFloats;
      for (let i = 0; i < rowFloats; i++) total[to + i] = (total[to + i] ?? 0) + (sums[from + i] ?? 0);
    }
    this.#next[block.tile] = block.block + 1;
    this.tileSamples[block.tile] = block.firstSample + block.sampleCount;
    if (this.#noise) this.tileNoise[block.tile] = this.#noise.folded(block, sums, total);
  }

  /** Lets go of what came beyond the Tile's end. */
  #finish({ tile, width, height }: PlannedBlock): void {
    this.#tilesFinished++;
    const waiting = this.#waiting.get(tile);
    let spared = this.#plan.samples - (this.tileSamples[tile] ?? 0);
    for (const { block } of waiting?.values() ?? []) spared -= block.sampleCount;
    this.#sparedSamples += spared * width * height;
    this.#waitingBlocks -= waiting?.size ?? 0;
    this.#waiting.delete(tile);
  }

  /** mean = float32(sum / samples) for one Tile. */
  #develop(tile: number): void {
    const bounds = tileBounds(this.#plan.grid, tile);
    const samples = this.tileSamples[tile] ?? 1;
    for (let row = 0; row < bounds.height; row++) {
      const start = ((bounds.y + row) * this.width + bounds.x) * 3;
      for (let i = start; i < start + bounds.width * 3; i++) {
        this.means[i] = (this.#sums[i] ?? 0) / samples;
      }
    }
  }
}
