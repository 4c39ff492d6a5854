/**
 * The picture of a render as this Node can show it, whoever coordinates. It has two sources:
 *
 * - the own Film, where this Node coordinates (then the Film is the truth) or keeps the second copy (then it runs after the truth);
 * - Tiles that the coordinator sends, float32 means.
 *
 * Of each Tile the one with more samples is shown. So the picture does not step back when the role wanders: a fresh second copy is shown
 * where it has caught up, and what is shown stays when the second copy moves on to another Node. Only the coordinator's own word
 * takes samples away: it has fewer when some died with the one before it.
 */
import {
  type Film,
  FilmTooLargeError,
  isTileFinished,
  TILE_SIZE,
  type TileGoal,
  type TileGrid,
  tileAt,
  tiledPixel,
  tileFloats,
  tileGrid,
  tileStart,
} from '../film/index.ts';
import type { FilmView, JobProgress } from './contract.ts';
import type { ReceivedTile } from './messages.ts';

/** What came from the coordinator, Tile after Tile. */
interface ReceivedPicture {
  readonly means: Float32Array;
  readonly samples: Uint32Array;
  readonly noise: Float32Array;
}

export class JobPicture implements FilmView {
  readonly width: number;
  readonly height: number;
  readonly tileSize = TILE_SIZE;
  readonly tilesAcross: number;
  readonly tilesDown: number;
  readonly tileSamples: Uint32Array;
  readonly tileNoise: Float32Array;
  readonly grid: TileGrid;
  readonly #goal: TileGoal;
  #film: Film | undefined;
  #received: ReceivedPicture | undefined;

  constructor(size: { readonly width: number; readonly height: number }, goal: TileGoal) {
    this.grid = tileGrid(size.width, size.height);
    this.#goal = goal;
    this.width = size.width;
    this.height = size.height;
    this.tilesAcross = this.grid.tilesAcross;
    this.tilesDown = this.grid.tilesDown;
    this.tileSamples = new Uint32Array(this.grid.tileCount);
    this.tileNoise = new Float32Array(this.grid.tileCount).fill(Number.POSITIVE_INFINITY);
  }

  /** Every Tile has all samples that it needs. */
  get isComplete(): boolean {
    return this.totals.tilesFinished === this.grid.tileCount;
  }

  /** What the Tiles that are shown add up to. */
  get totals(): Pick<JobProgress, 'samplesDone' | 'noise' | 'tilesFinished'> {
    let [samplesDone, worstNoise, tilesFinished] = [0, 0, 0];
    for (const [tile, samples] of this.tileSamples.entries()) {
      const noise = this.tileNoise[tile] ?? Number.POSITIVE_INFINITY;
      samplesDone += (samples * tileFloats(this.grid, tile)) / 3;
      worstNoise = Math.max(worstNoise, noise);
      if (isTileFinished(this.#goal, samples, noise)) tilesFinished++;
    }
    const noise = Number.isFinite(worstNoise) ? worstNoise : undefined;
    return { samplesDone, noise, tilesFinished };
  }

  /** All that is shown is in the own Film: nothing has to be sent here. */
  get isOwn(): boolean {
    return this.#film !== undefined && this.#received === undefined;
  }

  readTile(tile: number, target: Float32Array, offset: number): number {
    const received = this.#ahead(tile);
    if (!received && this.#film) return this.#film.readTile(tile, target, offset);
    const floats = tileFloats(this.grid, tile);
    if (received) target.set(this.#meansOf(received, tile), offset);
    else target.fill(0, offset, offset + floats);
    return floats;
  }

  brightest(x: number, y: number): number {
    const received = this.#ahead(tileAt(this.grid, x, y));
    if (!received) return this.#film?.brightest(x, y) ?? 0;
    const at = 3 * tiledPixel(this.grid, x, y);
    const { means } = received;
    return Math.max(means[at] ?? 0, means[at + 1] ?? 0, means[at + 2] ?? 0);
  }

  /**
   * This Node has a Film of the render now, another one, or none any more (what it had is kept to look at). `isTruth`: as the
   * coordinator. Returns the Tiles that look different. @throws FilmTooLargeError
   */
  setFilm(film: Film | undefined, isTruth: boolean): readonly number[] {
    if (isTruth) this.#received = undefined;
    else if (this.#film && this.#film !== film) this.#keep(this.#film);
    this.#film = film;
    return this.#showAll();
  }

  /** A Tile of the own Film changed. True when it is the one that is shown. */
  filmChanged(tile: number): boolean {
    const hasChanged = this.#show(tile);
    if (this.#received && this.#hasCaughtUp(this.#received)) this.#received = undefined;
    return hasChanged;
  }

  /** The coordinator's Tiles, newer than all before. Returns those that look different. @throws FilmTooLargeError */
  receive(tiles: readonly ReceivedTile[], values: Float32Array): readonly number[] {
    const received = this.#received ?? this.#allocate();
    this.#received = received;
    for (const { tile, samples, noise, offset } of tiles) {
      received.samples[tile] = samples;
      received.noise[tile] = noise;
      if (samples === 0) continue;
      this.#meansOf(received, tile).set(values.subarray(offset, offset + tileFloats(this.grid, tile)));
    }
    const changed = tiles.map(({ tile }) => tile).filter((tile) => this.#show(tile));
    if (this.#film && this.#hasCaughtUp(received)) this.#received = undefined;
    return changed;
  }

  /** The received picture, where it has more of the Tile than the Film. */
  #ahead(tile: number): ReceivedPicture | undefined {
    const received = this.#received;
    const own = this.#film?.tileSamples[tile] ?? 0;
    return received && (received.samples[tile] ?? 0) > own ? received : undefined;
  }

  #show(tile: number): boolean {
    const { samples, noise } = this.#sourceOf(tile);
    const before = this.tileSamples[tile] ?? 0;
    this.tileSamples[tile] = samples;
    this.tileNoise[tile] = noise;
    return samples !== before;
  }

  #sourceOf(tile: number): { readonly samples: number; readonly noise: number } {
    const received = this.#ahead(tile);
    const [samples, noise] = received
      ? [received.samples, received.noise]
      : [this.#film?.tileSamples, this.#film?.tileNoise];
    return { samples: samples?.[tile] ?? 0, noise: noise?.[tile] ?? Number.POSITIVE_INFINITY };
  }

  #showAll(): readonly number[] {
    return Array.from(this.tileSamples.keys()).filter((tile) => this.#show(tile));
  }

  #hasCaughtUp(received: ReceivedPicture): boolean {
    return received.samples.every((samples, tile) => samples <= (this.#film?.tileSamples[tile] ?? 0));
  }

  #keep(film: Film): void {
    const received = this.#received ?? this.#allocate();
    for (const [tile, samples] of film.tileSamples.entries()) {
      if (samples <= (received.samples[tile] ?? 0)) continue;
      received.samples[tile] = samples;
      received.noise[tile] = film.tileNoise[tile] ?? Number.POSITIVE_INFINITY;
      film.readTile(tile, received.means, 3 * tileStart(this.grid, tile));
    }
    this.#received = received;
  }

  #meansOf({ means }: ReceivedPicture, tile: number): Float32Array {
    const start = 3 * tileStart(this.grid, tile);
    return means.subarray(start, start + tileFloats(this.grid, tile));
  }

  #allocate(): ReceivedPicture {
    const { width, height, tileCount } = this.grid;
    try {
      return {
        means: new Float32Array(width * height * 3),
        samples: new Uint32Array(tileCount),
        noise: new Float32Array(tileCount).fill(Number.POSITIVE_INFINITY),
      };
    } catch (cause) {
      throw new FilmTooLargeError(width, height, { cause });
    }
  }
}
