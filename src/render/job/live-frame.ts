/** One frame of a JobPicture, as it is now and will be: views of the picture's own lists, nothing is copied. */
import { TILE_SIZE, type TileGrid } from '../film/index.ts';
import type { FrameView } from './contract.ts';

/** What a frame needs of the picture. */
export interface PictureOfFrames {
  readonly grid: TileGrid;
  readonly tileSamples: Uint32Array;
  readonly tileNoise: Float32Array;
  isFinished(frame: number): boolean;
  readTile(part: number, target: Float32Array, offset: number): number;
  brightest(frame: number, x: number, y: number): number;
  bring(frame: number): Promise<unknown> | undefined;
}

export class LiveFrame implements FrameView {
  readonly width: number;
  readonly height: number;
  readonly tileSize = TILE_SIZE;
  readonly tilesAcross: number;
  readonly tilesDown: number;
  readonly tileSamples: Uint32Array;
  readonly tileNoise: Float32Array;
  readonly firstPart: number;
  readonly #picture: PictureOfFrames;
  readonly #index: number;

  constructor(picture: PictureOfFrames, index: number) {
    const { width, height, tilesAcross, tilesDown, tileCount } = picture.grid;
    const [from, to] = [index * tileCount, (index + 1) * tileCount];
    this.#picture = picture;
    this.#index = index;
    this.firstPart = from;
    this.width = width;
    this.height = height;
    this.tilesAcross = tilesAcross;
    this.tilesDown = tilesDown;
    this.tileSamples = picture.tileSamples.subarray(from, to);
    this.tileNoise = picture.tileNoise.subarray(from, to);
  }

  get isFinished(): boolean {
    return this.#picture.isFinished(this.#index);
  }

  readTile(tile: number, target: Float32Array, offset: number): number {
    return this.#picture.readTile(this.firstPart + tile, target, offset);
  }

  brightest(x: number, y: number): number {
    return this.#picture.brightest(this.#index, x, y);
  }

  async load(): Promise<void> {
    await this.#picture.bring(this.#index);
  }
}
