/**
 * The picture of a render as this Node can show it, whoever coordinates: all its frames, a still has one. It has two sources:
 *
 * - the own Reel, where this Node coordinates (then the Reel is the truth) or keeps the second copy (then it runs after the truth);
 * - Tiles that the coordinator sends: finished ones as float32 means, and before that previews, which are for the eye only.
 *
 * Of each Tile the one with more samples is shown. So the picture does not step back when the role wanders: a fresh second copy is shown
 * where it has caught up, and what is shown stays when the second copy moves on to another Node. Only the coordinator's own word
 * takes samples away: it has fewer when some died with the one before it.
 *
 * A frame of which every Tile has all that it needs is kept as finished (film/finished-frames.ts), here or by the Reel.
 */
import {
  FilmTooLargeError,
  FinishedFrames,
  isTileFinished,
  type Reel,
  type SetAside,
  type TileGoal,
  type TileGrid,
  tileAt,
  tiledPixel,
  tileFloats,
  tileGrid,
  tileStart,
} from '../film/index.ts';
import type { FrameView, JobProgress } from './contract.ts';
import { LiveFrame } from './live-frame.ts';
import { PREVIEW_MARK, type ReceivedTile } from './messages.ts';

/** What came from the coordinator of a frame that is not finished, Tile after Tile. */
interface ReceivedFrame {
  readonly means: Float32Array;
  readonly samples: Uint32Array;
  readonly noise: Float32Array;
  /** Tiles that are previews: 1. */
  readonly previews: Uint8Array;
}

export interface JobPictureOptions {
  readonly frames: number;
  readonly goal: TileGoal;
  readonly setAside: SetAside;
}

export class JobPicture {
  readonly grid: TileGrid;
  readonly frameCount: number;
  /** One a part: a Tile of a frame, `frame * grid.tileCount + tile`. */
  readonly tileSamples: Uint32Array;
  readonly tileNoise: Float32Array;
  readonly #goal: TileGoal;
  readonly #setAside: SetAside;
  readonly #received = new Map<number, ReceivedFrame>();
  /** Tiles of each frame that need nothing more. */
  readonly #tilesFinished: Uint32Array;
  #framesFinished = 0;
  #reel: Reel | undefined;
  /** Frames that the Reel does not have. */
  #finished: FinishedFrames;
  #frames: readonly FrameView[] | undefined;

  constructor(
    { width, height }: { readonly width: number; readonly height: number },
    options: JobPictureOptions,
  ) {
    const { frames, goal, setAside } = options;
    this.grid = tileGrid(width, height);
    this.#goal = goal;
    this.#setAside = setAside;
    this.tileSamples = new Uint32Array(this.grid.tileCount * frames);
    this.tileNoise = new Float32Array(this.grid.tileCount * frames).fill(Number.POSITIVE_INFINITY);
    this.#tilesFinished = new Uint32Array(frames);
    this.#finished = new FinishedFrames(this.grid, setAside);
    this.frameCount = frames;
  }

  /** In their order; made when somebody looks at them, for there may be very many. */
  get frames(): readonly FrameView[] {
    this.#frames ??= Array.from({ length: this.frameCount }, (_, index) => new LiveFrame(this, index));
    return this.#frames;
  }

  /** Every Tile of every frame has all samples that it needs. */
  get isComplete(): boolean {
    return this.#framesFinished === this.frameCount;
  }

  isFinished(frame: number): boolean {
    return this.#tilesFinished[frame] === this.grid.tileCount;
  }

  /** Of a finished frame. @throws what hashing throws */
  hash(frame: number): Promise<string> | undefined {
    return this.#finished.hash(frame) ?? this.#reel?.finished.hash(frame);
  }

  /** What the Tiles that are shown add up to. */
  get totals(): Pick<JobProgress, 'samplesDone' | 'noise' | 'tilesFinished'> {
    let [samplesDone, worstNoise] = [0, 0];
    for (const [part, samples] of this.tileSamples.entries()) {
      samplesDone += (samples * tileFloats(this.grid, part % this.grid.tileCount)) / 3;
      worstNoise = Math.max(worstNoise, this.tileNoise[part] ?? Number.POSITIVE_INFINITY);
    }
    const noise = Number.isFinite(worstNoise) ? worstNoise : undefined;
    return { samplesDone, noise, tilesFinished: this.#tilesFinished.reduce((sum, tiles) => sum + tiles, 0) };
  }

  /** All that is shown is in the own Reel: nothing has to be sent here. */
  get isOwn(): boolean {
    return this.#reel !== undefined && this.#received.size === 0 && this.#finished.size === 0;
  }

  /**
   * The means of a part, linear RGB, its rows packed; zeros where there are none, and of a finished frame that is not in memory: `bring`
   * it. Returns the floats written.
   */
  readTile(part: number, target: Float32Array, offset: number): number {
    const { frame, tile } = this.#placeOf(part);
    const floats = tileFloats(this.grid, tile);
    const means = this.#finished.has(frame) ? this.#finished.means(frame) : this.#ahead(part)?.means;
    if (means) target.set(this.#tileOf(means, tile), offset);
    else if (this.#reel && !this.#finished.has(frame)) return this.#reel.readTile(part, target, offset);
    else target.fill(0, offset, offset + floats);
    return floats;
  }

  /** Brings the means of a finished frame into memory for some while; undefined where there is nothing to wait for. */
  bring(frame: number): Promise<unknown> | undefined {
    return this.#finished.has(frame) ? this.#finished.bring(frame) : this.#reel?.finished.bring(frame);
  }

  brightest(frame: number, x: number, y: number): number {
    const at = 3 * tiledPixel(this.grid, x, y);
    const part = frame * this.grid.tileCount + tileAt(this.grid, x, y);
    const means = this.#finished.has(frame) ? this.#finished.means(frame) : this.#ahead(part)?.means;
    if (means) return Math.max(means[at] ?? 0, means[at + 1] ?? 0, means[at + 2] ?? 0);
    return this.#finished.has(frame) ? 0 : (this.#reel?.brightest(frame, x, y) ?? 0);
  }

  /**
   * This Node has a Reel of the render now, another one, or none any more (what it had is kept to look at). `isTruth`: as the
   * coordinator. Returns the parts that look different. @throws FilmTooLargeError
   */
  setReel(reel: Reel | undefined, isTruth: boolean): readonly number[] {
    if (isTruth) {
      this.#received.clear();
      this.#finished = new FinishedFrames(this.grid, this.#setAside);
    } else if (this.#reel && this.#reel !== reel) this.#keep(this.#reel);
    this.#reel = reel;
    for (let frame = 0; frame < this.frameCount; frame++) {
      if (reel?.finished.has(frame)) this.#finished.remove(frame);
    }
    return Array.from(this.tileSamples.keys()).filter((part) => this.#show(part));
  }

  /** A part of the own Reel changed. True when it is the one that is shown. */
  reelChanged(part: number): boolean {
    const { frame } = this.#placeOf(part);
    if (this.#reel?.finished.has(frame)) this.#finished.remove(frame);
    const hasChanged = this.#show(part);
    this.#forgetOvertaken(frame);
    return hasChanged;
  }

  /** What is here of each part, as whoever sends it is told: see `encodeWatch`. */
  get held(): Uint32Array {
    if (!this.#reel && this.#received.size === 0 && this.#finished.size === 0) return new Uint32Array();
    return this.tileSamples.map((samples, part) => {
      const { frame, tile } = this.#placeOf(part);
      const isPreview = this.#received.get(frame)?.previews[tile] === 1 && this.#ahead(part) !== undefined;
      return isPreview ? samples + PREVIEW_MARK : samples;
    });
  }

  /** The coordinator's Tiles, newer than all before. Returns the parts that look different. @throws FilmTooLargeError */
  receive(tiles: readonly ReceivedTile[], values: Float32Array, isPreview = false): readonly number[] {
    const changed: number[] = [];
    for (const { part, samples, noise, offset } of tiles) {
      const { frame, tile } = this.#placeOf(part);
      if (this.#finished.has(frame)) {
        if (samples === this.tileSamples[part]) continue;
        this.#reopen(frame);
      }
      const received = this.#receivedOf(frame);
      received.samples[tile] = samples;
      received.noise[tile] = noise;
      if (samples > 0) {
        const means = this.#tileOf(received.means, tile);
        means.set(values.subarray(offset, offset + means.length));
      }
      const wasPreview = received.previews[tile] === 1;
      received.previews[tile] = isPreview ? 1 : 0;
      // The same samples may come as a preview, and then as they are.
      if (this.#show(part) || (wasPreview && !isPreview && this.#ahead(part))) changed.push(part);
      this.#forgetOvertaken(frame);
    }
    return changed;
  }

  #placeOf(part: number): { readonly frame: number; readonly tile: number } {
    const { tileCount } = this.grid;
    return { frame: Math.floor(part / tileCount), tile: part % tileCount };
  }

  #tileOf(means: Float32Array, tile: number): Float32Array {
    const start = 3 * tileStart(this.grid, tile);
    return means.subarray(start, start + tileFloats(this.grid, tile));
  }

  /** What was received of a part's frame, where it has more of the part than the Reel. */
  #ahead(part: number): ReceivedFrame | undefined {
    const { frame, tile } = this.#placeOf(part);
    const received = this.#received.get(frame);
    const own = this.#reel?.tileSamples[part] ?? 0;
    return received && (received.samples[tile] ?? 0) > own ? received : undefined;
  }

  #show(part: number): boolean {
    const { frame, tile } = this.#placeOf(part);
    if (this.#finished.has(frame)) return false;
    const ahead = this.#ahead(part);
    const samples = (ahead ? ahead.samples[tile] : this.#reel?.tileSamples[part]) ?? 0;
    const noise = (ahead ? ahead.noise[tile] : this.#reel?.tileNoise[part]) ?? Number.POSITIVE_INFINITY;
    const hasChanged = samples !== this.tileSamples[part];
    const before = this.#isTileFinished(part);
    this.tileSamples[part] = samples;
    this.tileNoise[part] = noise;
    const after = this.#isTileFinished(part);
    if (before !== after) this.#countFinished(frame, after ? 1 : -1);
    return hasChanged;
  }

  #isTileFinished(part: number): boolean {
    return isTileFinished(this.#goal, this.tileSamples[part] ?? 0, this.tileNoise[part] ?? 0);
  }

  #countFinished(frame: number, change: 1 | -1): void {
    const wasWhole = this.isFinished(frame);
    this.#tilesFinished[frame] = (this.#tilesFinished[frame] ?? 0) + change;
    if (wasWhole) this.#framesFinished--;
    if (!this.isFinished(frame)) return;
    this.#framesFinished++;
    if (!this.#reel?.finished.has(frame)) this.#finish(frame);
  }

  /** It has come whole, from wherever. What was received is where it belongs already: a large picture is not to be there twice. */
  #finish(frame: number): void {
    const { width, height, tileCount } = this.grid;
    const means = this.#received.get(frame)?.means ?? this.#floats(width * height * 3);
    for (let tile = 0; tile < tileCount; tile++) {
      const part = frame * tileCount + tile;
      if (!this.#ahead(part)) this.readTile(part, means, 3 * tileStart(this.grid, tile));
    }
    this.#finished.add(frame, means);
    this.#received.delete(frame);
  }

  /** The coordinator has less of a finished frame. What is not in memory has to come again. */
  #reopen(frame: number): void {
    const { tileCount } = this.grid;
    const means = this.#finished.means(frame);
    this.#finished.remove(frame);
    const received = this.#receivedOf(frame);
    if (!means) return;
    const [from, to] = [frame * tileCount, (frame + 1) * tileCount];
    received.means.set(means);
    received.samples.set(this.tileSamples.subarray(from, to));
    received.noise.set(this.tileNoise.subarray(from, to));
  }

  #forgetOvertaken(frame: number): void {
    const received = this.#received.get(frame);
    const first = frame * this.grid.tileCount;
    const own = this.#reel?.tileSamples;
    if (own && received?.samples.every((samples, tile) => samples <= (own[first + tile] ?? 0))) {
      this.#received.delete(frame);
    }
  }

  /** What the Reel has, after it has gone. */
  #keep(reel: Reel): void {
    this.#finished.adopt(reel.finished);
    for (const [part, samples] of reel.tileSamples.entries()) {
      const { frame, tile } = this.#placeOf(part);
      if (samples === 0 || this.#finished.has(frame)) continue;
      const received = this.#receivedOf(frame);
      if (samples <= (received.samples[tile] ?? 0)) continue;
      received.samples[tile] = samples;
      received.noise[tile] = reel.tileNoise[part] ?? Number.POSITIVE_INFINITY;
      received.previews[tile] = 0;
      reel.readTile(part, received.means, 3 * tileStart(this.grid, tile));
    }
    for (const frame of this.#received.keys()) if (this.#finished.has(frame)) this.#received.delete(frame);
  }

  #receivedOf(frame: number): ReceivedFrame {
    let received = this.#received.get(frame);
    if (!received) {
      const { width, height, tileCount } = this.grid;
      received = {
        means: this.#floats(width * height * 3),
        samples: new Uint32Array(tileCount),
        noise: new Float32Array(tileCount).fill(Number.POSITIVE_INFINITY),
        previews: new Uint8Array(tileCount),
      };
      this.#received.set(frame, received);
    }
    return received;
  }

  #floats(count: number): Float32Array {
    try {
      return new Float32Array(count);
    } catch (cause) {
      throw new FilmTooLargeError(this.grid.width, this.grid.height, { cause });
    }
  }
}
