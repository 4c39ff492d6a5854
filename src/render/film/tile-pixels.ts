/**
 * A picture kept Tile after Tile, as it is rendered, sent and stored, and its way to a row-major one, as files and filters want it.
 */
import { type TileGrid, tileBounds, tileGrid } from './tiles.ts';

/** A picture that can be read Tile by Tile. */
export interface ReadableTiles {
  readonly width: number;
  readonly height: number;
  /** Writes the Tile's means (linear RGB, its rows packed) into `target` from `offset` on; returns the floats written. */
  readTile(tile: number, target: Float32Array, offset: number): number;
}

export interface TiledPicture extends ReadableTiles {
  /** Of a pixel: the mean of its brightest channel. */
  brightest(x: number, y: number): number;
}

/** Floats a Tile has: width * height * 3. */
export function tileFloats(grid: TileGrid, tile: number): number {
  const { width, height } = tileBounds(grid, tile);
  return width * height * 3;
}

/** Linear means of the whole picture, RGB, row-major. @param target of width * height * 3 floats */
export function developInto<Target extends Float32Array>(picture: ReadableTiles, target: Target): Target {
  const grid = tileGrid(picture.width, picture.height);
  const packed = new Float32Array(grid.tileCount > 0 ? tileFloats(grid, 0) : 0);
  for (let tile = 0; tile < grid.tileCount; tile++) {
    const { x, y, width, height } = tileBounds(grid, tile);
    picture.readTile(tile, packed, 0);
    for (let row = 0; row < height; row++) {
      const from = row * width * 3;
      target.set(packed.subarray(from, from + width * 3), ((y + row) * grid.width + x) * 3);
    }
  }
  return target;
}

/** The same, fresh. */
export function develop(picture: ReadableTiles): Float32Array<ArrayBuffer> {
  return developInto(picture, new Float32Array(picture.width * picture.height * 3));
}
