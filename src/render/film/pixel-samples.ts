/** Samples of each pixel from those of its Tile: a layer of the picture for programs that weigh by it. */
import { tileBounds, tileGrid } from './tiles.ts';

/** @param tileSamples one a Tile, in their order @returns one a pixel, row-major */
export function pixelSamples(width: number, height: number, tileSamples: Uint32Array): Uint32Array {
  const grid = tileGrid(width, height);
  const samples = new Uint32Array(width * height);
  tileSamples.forEach((count, tile) => {
    const bounds = tileBounds(grid, tile);
    for (let y = bounds.y; y < bounds.y + bounds.height; y++) {
      samples.fill(count, y * width + bounds.x, y * width + bounds.x + bounds.width);
    }
  });
  return samples;
}
