/** One frame of a JobPicture, as it is now and will be: views of the picture's own lists, nothing is copied, and little kept of each. */
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
  readonly tileSize = TILE_SIZE;
  readonly #picture: PictureOfFrames;
  readonly #index: number;
  #tileSamples: Uint32Array | undefined;
  #tileNoise: Float32Array | undefined;

  constructor(picture: PictureOfFrames, index: number) {
    this.#picture = picture;
    this.#index = index;
  }

  get width(): number {
    return this.#picture.grid.width;
  }

  get height(): number {
    return this.#picture.grid.height;
  }

  get tilesAcross(): number {
    return this.#picture.grid.tilesAcross;
  }

  get tilesDown(): number {
    return this.#picture.grid.tilesDown;
  }

  get firstPart(): number {
    return this.#index * this.#picture.grid.tileCount;
  }

  get tileSamples(): Uint32Array {
    const { tileSamples, grid } = this.#picture;
    this.#tileSamples ??= tileSamples.subarray(this.firstPart, this.firstPart + grid.tileCount);
    return this.#tileSamples;
  }

  get tileNoise(): Float32Array {
    const { tileNoise, grid } = this.#picture;
    this.#tileNoise ??= tileNoise.subarray(this.firstPart, this.firstPart + grid.tileCount);
    return this.#tileNoise;
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
