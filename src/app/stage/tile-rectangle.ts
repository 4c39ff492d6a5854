/** Where a Tile lies in the picture, in pixels. Those at the right and lower edge are cut to the picture. */
import type { FilmView } from '../../render/job/index.ts';

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function tileRectangle(
  film: Pick<FilmView, 'width' | 'height' | 'tileSize' | 'tilesAcross'>,
  tile: number,
): Rectangle {
  const x = (tile % film.tilesAcross) * film.tileSize;
  const y = Math.floor(tile / film.tilesAcross) * film.tileSize;
  return {
    x,
    y,
    width: Math.min(film.tileSize, film.width - x),
    height: Math.min(film.tileSize, film.height - y),
  };
}
