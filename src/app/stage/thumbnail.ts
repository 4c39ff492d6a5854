/** A film made small: every pixel of the thumbnail is the mean of those of the film that it covers. */
import type { FilmView } from '../../render/job/index.ts';
import { tileRectangle } from './tile-rectangle.ts';

export interface Thumbnail {
  /** Linear means, RGB, row-major; 0 where nothing has come. */
  readonly means: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** @param edge of the longer side, pixels; a film that is smaller stays as it is */
export function thumbnailOf(film: FilmView, edge: number): Thumbnail {
  const scale = Math.min(1, edge / Math.max(film.width, film.height));
  const width = Math.max(1, Math.round(film.width * scale));
  const height = Math.max(1, Math.round(film.height * scale));
  const means = new Float32Array(width * height * 3);
  const counts = new Uint32Array(width * height);
  const packed = new Float32Array(film.tileSize ** 2 * 3);
  for (let tile = 0; tile < film.tilesAcross * film.tilesDown; tile++) {
    if ((film.tileSamples[tile] ?? 0) === 0) continue;
    film.readTile(tile, packed, 0);
    const from = tileRectangle(film, tile);
    for (let row = 0; row < from.height; row++) {
      const y = Math.floor(((from.y + row) * height) / film.height);
      for (let column = 0; column < from.width; column++) {
        const to = y * width + Math.floor(((from.x + column) * width) / film.width);
        const at = 3 * (row * from.width + column);
        counts[to] = (counts[to] ?? 0) + 1;
        for (let i = 0; i < 3; i++) means[3 * to + i] = (means[3 * to + i] ?? 0) + (packed[at + i] ?? 0);
      }
    }
  }
  for (const [i, count] of counts.entries()) {
    for (let at = 3 * i; at < 3 * i + 3; at++) means[at] = (means[at] ?? 0) / Math.max(count, 1);
  }
  return { means, width, height };
}
