/** A Tile's pixels in and out of a row-major RGB picture: how the owner's means reach everyone else's stage. */
import { type TileGrid, tileBounds } from './tiles.ts';

/** Floats a Tile has: width * height * 3. */
export function tileFloats(grid: TileGrid, tile: number): number {
  const { width, height } = tileBounds(grid, tile);
  return width * height * 3;
}

/** Copies a Tile's means into `target` from `offset` on, rows packed; returns the floats written. */
export function readTile(
  grid: TileGrid,
  tile: number,
  means: Float32Array,
  target: Float32Array,
  offset: number,
): number {
  const { x, y, width, height } = tileBounds(grid, tile);
  for (let row = 0; row < height; row++) {
    const start = ((y + row) * grid.width + x) * 3;
    target.set(means.subarray(start, start + width * 3), offset + row * width * 3);
  }
  return width * height * 3;
}

/** The reverse of `readTile`; `source` holds the Tile's floats from `offset` on. */
export function writeTile(
  grid: TileGrid,
  tile: number,
  means: Float32Array,
  source: Float32Array,
  offset: number,
): void {
  const { x, y, width, height } = tileBounds(grid, tile);
  for (let row = 0; row < height; row++) {
    const from = offset + row * width * 3;
    means.set(source.subarray(from, from + width * 3), ((y + row) * grid.width + x) * 3);
  }
}
