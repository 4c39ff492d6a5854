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

/**
 * Linear means of the pixels of a row of Tiles, RGB, row-major. @param target of 3 * width * 64 floats, or fewer where the picture ends
 * @returns the floats written
 */
export function developRow(picture: ReadableTiles, row: number, target: Float32Array): number {
  const grid = tileGrid(picture.width, picture.height);
  const first = row * grid.tilesAcross;
  const packed = new Float32Array(tileFloats(grid, first));
  for (let tile = first; tile < first + grid.tilesAcross; tile++) {
    const { x, width, height } = tileBounds(grid, tile);
    picture.readTile(tile, packed, 0);
    for (let y = 0; y < height; y++) {
      const from = y * width * 3;
      target.set(packed.subarray(from, from + width * 3), (y * grid.width + x) * 3);
    }
  }
  return grid.width * tileBounds(grid, first).height * 3;
}

/** Linear means of the whole picture, RGB, row-major. */
export function develop(picture: ReadableTiles): Float32Array<ArrayBuffer> {
  const { width, height } = picture;
  const means = new Float32Array(width * height * 3);
  for (let row = 0, at = 0; at < means.length; row++) {
    at += developRow(picture, row, means.subarray(at));
  }
  return means;
}
