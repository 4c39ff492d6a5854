/**
 * Paints the film's Tiles onto a canvas, tone-mapped: those that changed, and all of them when the exposure moves. Works
 * within a few milliseconds a frame, so that a large picture never stalls the page that also carries the mesh.
 */

import type { FilmView } from '../../render/job/index.ts';
import {
  DEFAULT_TONE_MAPPING,
  type ToneMapOptions,
  toneMap,
  toneMapRectangle,
} from '../../render/output/index.ts';
import { tileRectangle } from './tile-rectangle.ts';

/** Half of a frame at 60 Hz: the rest belongs to input, layout and the mesh. */
const FRAME_BUDGET_MS = 8;
/** A picture of so many pixels is painted at once when it is another frame: bit by bit it would be torn while frames are played. */
const WHOLE_PIXELS = 1_500_000;
/** Tiles that nobody asked to see by then are painted all the same: the last ones may come after the last of the progress. */
const REPAINT_MS = 1_000;

export class FilmPainter {
  readonly #context: CanvasRenderingContext2D;
  #film: FilmView;
  readonly #dirty = new Set<number>();
  /** Of the Tile that is being painted. */
  readonly #developed: Float32Array;
  /** Of another frame something may be on the canvas. */
  #hasOlder = false;
  #paintsWhole = false;
  #look: ToneMapOptions = { exposure: 0, toneMapping: DEFAULT_TONE_MAPPING };
  /** In place of the film's own. */
  #means: Float32Array | undefined;
  #frame: number | undefined;
  #pause: ReturnType<typeof setTimeout> | undefined;

  /** The canvas is given the film's size. */
  constructor(canvas: HTMLCanvasElement, film: FilmView) {
    canvas.width = film.width;
    canvas.height = film.height;
    const context = canvas.getContext('2d');
    if (!context) throw new Error('this browser has no 2D canvas');
    this.#context = context;
    this.#film = film;
    this.#developed = new Float32Array(film.tileSize ** 2 * 3);
  }

  setLook(look: ToneMapOptions): void {
    this.#look = look;
    this.paintAll();
  }

  /** Shows another frame of the same size; what is on the canvas stays until its Tiles are painted. */
  setFilm(film: FilmView): void {
    this.#film = film;
    this.#hasOlder = true;
    this.#paintsWhole = film.width * film.height <= WHOLE_PIXELS;
    this.paintAll();
  }

  /** Shows another version of the picture, of the same size; undefined: the film's own. */
  setMeans(means: Float32Array | undefined): void {
    if (means === this.#means) return;
    this.#means = means;
    this.paintAll();
  }

  paintAll(): void {
    const tiles = this.#film.tilesAcross * this.#film.tilesDown;
    for (let tile = 0; tile < tiles; tile += 1) this.#dirty.add(tile);
    this.#schedule();
  }

  /** Soon, or with `paintNow`. */
  paint(tiles: readonly number[]): void {
    for (const tile of tiles) this.#dirty.add(tile);
    this.#pause ??= setTimeout(() => this.paintNow(), REPAINT_MS);
  }

  /** All that has changed, in the next frame of the page. */
  paintNow(): void {
    clearTimeout(this.#pause);
    this.#pause = undefined;
    this.#schedule();
  }

  dispose(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
    clearTimeout(this.#pause);
    this.#pause = undefined;
    this.#dirty.clear();
  }

  #schedule(): void {
    if (this.#dirty.size === 0) return;
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#paintSome(this.#paintsWhole ? Number.POSITIVE_INFINITY : performance.now() + FRAME_BUDGET_MS);
      this.#paintsWhole = false;
      this.#schedule();
    });
  }

  #paintSome(untilMs: number): void {
    for (const tile of this.#dirty) {
      this.#dirty.delete(tile);
      // A Tile without samples stays transparent: nothing there yet is not the same as black.
      if ((this.#film.tileSamples[tile] ?? 0) > 0) this.#paintTile(tile);
      else if (this.#hasOlder) this.#clearTile(tile);
      if (performance.now() >= untilMs) return;
    }
  }

  #clearTile(tile: number): void {
    const { x, y, width, height } = tileRectangle(this.#film, tile);
    this.#context.clearRect(x, y, width, height);
  }

  #paintTile(tile: number): void {
    const rectangle = tileRectangle(this.#film, tile);
    const rgba = this.#means
      ? toneMapRectangle(this.#means, this.#film.width, rectangle, this.#look)
      : this.#ownPixels(tile);
    this.#context.putImageData(
      new ImageData(rgba, rectangle.width, rectangle.height),
      rectangle.x,
      rectangle.y,
    );
  }

  /** The film gives its Tiles when asked, so that nobody holds a second copy of the picture. */
  #ownPixels(tile: number): Uint8ClampedArray<ArrayBuffer> {
    const floats = this.#film.readTile(tile, this.#developed, 0);
    return toneMap(this.#developed.subarray(0, floats), this.#look);
  }
}
