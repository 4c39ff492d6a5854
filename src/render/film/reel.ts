/**
 * The Reel: what has been rendered so far of all frames of a range. A frame in work is a Film, made when the first of it arrives; a
 * finished one is folded to its means (finished-frames.ts). So a range of any length takes the memory of the frames in work and of a
 * few finished ones. A still picture is a range of one frame.
 *
 * What is numbered through all frames is a part: a Tile of a frame (plan.ts).
 */
import { Film } from './film.ts';
import { FinishedFrames, type SetAside } from './finished-frames.ts';
import type { TileGoal, TileStates } from './noise.ts';
import type { BlockPlan, PlannedBlock } from './plan.ts';
import { tileFloats } from './tile-pixels.ts';
import { BadTileError, encodeTileMeans } from './tile-state.ts';
import { tiledPixel, tileStart } from './tiles.ts';

export class Reel implements TileStates {
  /** Samples a pixel, and noise, of each part. */
  readonly tileSamples: Uint32Array;
  readonly tileNoise: Float32Array;
  readonly tileSpread: Float32Array;
  readonly finished: FinishedFrames;
  readonly #plan: BlockPlan;
  readonly #goal: TileGoal;
  readonly #films = new Map<number, Film>();
  /** Blocks that make so many samples. */
  readonly #prefixes: ReadonlyMap<number, number>;
  /** Of the finished frames, in pixel samples. */
  #samplesFinished = 0;
  #framesFinished = 0;

  /** @throws FilmTooLargeError where not even one frame fits */
  constructor(plan: BlockPlan, noise: number, setAside: SetAside) {
    this.#plan = plan;
    this.#goal = { samples: plan.samples, noise };
    this.#prefixes = new Map([...plan.boundaries].map((samples, prefix) => [samples, prefix]));
    this.tileSamples = new Uint32Array(plan.partCount);
    this.tileNoise = new Float32Array(plan.partCount).fill(Number.POSITIVE_INFINITY);
    this.tileSpread = new Float32Array(plan.partCount).fill(Number.POSITIVE_INFINITY);
    this.finished = new FinishedFrames(plan.grid, setAside);
    this.#filmOf(0);
  }

  get isComplete(): boolean {
    return this.#framesFinished === this.#plan.frames;
  }

  get tilesFinished(): number {
    let tiles = this.#framesFinished * this.#plan.grid.tileCount;
    for (const film of this.#films.values()) tiles += film.tilesFinished;
    return tiles;
  }

  /** Pixel samples that are here, folded or waiting. */
  get samplesDone(): number {
    let samples = this.#samplesFinished;
    for (const film of this.#films.values()) samples += film.samplesDone;
    return samples;
  }

  /** Pixel samples of all: of a finished Tile those that it has, of any other all that it may need. */
  get samplesNeeded(): number {
    const { width, height } = this.#plan.grid;
    const untouched = this.#plan.frames - this.#framesFinished - this.#films.size;
    let samples = this.#samplesFinished + untouched * width * height * this.#plan.samples;
    for (const film of this.#films.values()) samples += film.samplesNeeded;
    return samples;
  }

  /** The noisiest Tile's noise; undefined while that of some Tile is not known. */
  get worstNoise(): number | undefined {
    const worst = this.tileNoise.reduce((most, noise) => Math.max(most, noise), 0);
    return Number.isFinite(worst) ? worst : undefined;
  }

  /** Blocks of the part that are folded. */
  prefix(part: number): number {
    return this.#prefixes.get(this.tileSamples[part] ?? 0) ?? 0;
  }

  /** Whether that Block would change nothing any more. */
  isSettled(frame: number, tile: number, block: number): boolean {
    return this.finished.has(frame) || (this.#films.get(frame)?.isSettled(tile, block) ?? false);
  }

  /** As Film.add. @throws FilmTooLargeError */
  add(block: PlannedBlock, sums: Float32Array): boolean {
    const { frame } = block;
    if (this.finished.has(frame)) return false;
    const film = this.#filmOf(frame);
    const hasChanged = film.add(block, sums);
    this.#foldWhole(frame, film);
    return hasChanged;
  }

  /** The state of a part, to the bit, without what waits: see tile-state.ts. A promise where it is not in memory. */
  encodePart(part: number): Uint8Array | Promise<Uint8Array> {
    const { frame, tile } = this.#placeOf(part);
    if (!this.finished.has(frame)) {
      const film = this.#films.get(frame) ?? new Film(this.#plan, this.#goal.noise);
      return film.encodeTile(tile);
    }
    const means = this.finished.means(frame);
    if (means) return this.#encodeMeans(part, means);
    return this.finished.load(frame).then((loaded) => this.#encodeMeans(part, loaded));
  }

  /** As Film.mergeTile. @throws BadTileError, FilmTooLargeError */
  mergePart(part: number, bytes: Uint8Array): boolean {
    if (part >= this.#plan.partCount) throw new BadTileError(`there is no part ${part}`);
    const { frame, tile } = this.#placeOf(part);
    if (this.finished.has(frame)) return false;
    const film = this.#filmOf(frame);
    const hasChanged = film.mergeTile(tile, bytes);
    this.#foldWhole(frame, film);
    return hasChanged;
  }

  /**
   * Forgets all of a part, with what waits for its turn: something in it is wrong. Of a finished frame that is not in memory nothing can be
   * kept. Returns the parts that look different.
   */
  resetPart(part: number): readonly number[] {
    const { frame, tile } = this.#placeOf(part);
    const first = part - tile;
    const before = this.#marksOf(frame).tileSamples.slice();
    const film = this.finished.has(frame) ? this.#reopen(frame) : this.#films.get(frame);
    film?.resetTile(tile);
    const { tileSamples } = this.#marksOf(frame);
    return [...before.keys()].filter((at) => before[at] !== tileSamples[at]).map((at) => first + at);
  }

  /** The part's means; zeros where there are none, and of a finished frame that is not in memory. Returns the floats written. */
  readTile(part: number, target: Float32Array, offset: number): number {
    const { frame, tile } = this.#placeOf(part);
    const film = this.#films.get(frame);
    if (film) return film.readTile(tile, target, offset);
    const means = this.finished.means(frame);
    const floats = tileFloats(this.#plan.grid, tile);
    if (means) target.set(this.#tileOf(means, tile), offset);
    else target.fill(0, offset, offset + floats);
    return floats;
  }

  /** Brings the means of a finished frame into memory for some while; undefined where there is nothing to wait for. */
  bring(frame: number): Promise<unknown> | undefined {
    return this.finished.bring(frame);
  }

  /** Of a pixel: the mean of its brightest channel, as `readTile` has it. */
  brightest(frame: number, x: number, y: number): number {
    const film = this.#films.get(frame);
    if (film) return film.brightest(x, y);
    const at = 3 * tiledPixel(this.#plan.grid, x, y);
    const means = this.finished.means(frame);
    return means ? Math.max(means[at] ?? 0, means[at + 1] ?? 0, means[at + 2] ?? 0) : 0;
  }

  #placeOf(part: number): { readonly frame: number; readonly tile: number } {
    const { tileCount } = this.#plan.grid;
    return { frame: Math.floor(part / tileCount), tile: part % tileCount };
  }

  /** A part of a finished frame. */
  #encodeMeans(part: number, means: Float32Array): Uint8Array {
    const { tile } = this.#placeOf(part);
    const noise = this.tileNoise[part] ?? 0;
    return encodeTileMeans({ prefix: this.prefix(part), noise, means: this.#tileOf(means, tile) });
  }

  #tileOf(means: Float32Array, tile: number): Float32Array {
    const start = 3 * tileStart(this.#plan.grid, tile);
    return means.subarray(start, start + tileFloats(this.#plan.grid, tile));
  }

  #filmOf(frame: number): Film {
    let film = this.#films.get(frame);
    if (!film) {
      film = new Film(this.#plan, this.#goal.noise, this.#marksOf(frame));
      this.#films.set(frame, film);
    }
    return film;
  }

  #marksOf(frame: number): TileStates {
    const { tileCount } = this.#plan.grid;
    const [from, to] = [frame * tileCount, (frame + 1) * tileCount];
    return {
      tileSamples: this.tileSamples.subarray(from, to),
      tileNoise: this.tileNoise.subarray(from, to),
      tileSpread: this.tileSpread.subarray(from, to),
    };
  }

  /** A finished frame is in work again, with the means that it has, where they are in memory. */
  #reopen(frame: number): Film {
    const { tileCount } = this.#plan.grid;
    const means = this.finished.means(frame);
    const parts = Array.from({ length: tileCount }, (_, tile) => frame * tileCount + tile);
    const states = means ? parts.map((part) => this.#encodeMeans(part, means)) : [];
    const { tileSamples, tileNoise } = this.#marksOf(frame);
    this.#framesFinished--;
    this.#samplesFinished -= this.#samplesOf(frame);
    tileSamples.fill(0);
    tileNoise.fill(Number.POSITIVE_INFINITY);
    this.finished.remove(frame);
    const film = this.#filmOf(frame);
    for (const [tile, state] of states.entries()) film.mergeTile(tile, state);
    return film;
  }

  /** Pixel samples that are folded into a frame. */
  #samplesOf(frame: number): number {
    let all = 0;
    for (const [tile, samples] of this.#marksOf(frame).tileSamples.entries()) {
      all += (samples * tileFloats(this.#plan.grid, tile)) / 3;
    }
    return all;
  }

  #foldWhole(frame: number, film: Film): void {
    if (!film.isComplete) return;
    this.#films.delete(frame);
    this.#framesFinished++;
    this.#samplesFinished += film.samplesDone;
    const means = film.takeMeans();
    // Of several frames many are kept at once: each in the memory that its means need.
    this.finished.add(frame, this.#plan.frames === 1 ? means : means.slice());
  }
}
