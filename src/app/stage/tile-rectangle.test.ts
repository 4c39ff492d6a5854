import { describe, expect, it } from 'vitest';
import { tileRectangle } from './tile-rectangle.ts';

const film = { width: 100, height: 70, tileSize: 64, tilesAcross: 2 };

describe('a Tile in the picture', () => {
  it('is numbered row by row from the top left', () => {
    expect(tileRectangle(film, 0)).toEqual({ x: 0, y: 0, width: 64, height: 64 });
  });

  it('is cut at the right and the lower edge', () => {
    expect(tileRectangle(film, 1)).toEqual({ x: 64, y: 0, width: 36, height: 64 });
    expect(tileRectangle(film, 3)).toEqual({ x: 64, y: 64, width: 36, height: 6 });
  });

  it('covers every pixel exactly once with the others', () => {
    const area = [0, 1, 2, 3]
      .map((tile) => tileRectangle(film, tile))
      .reduce((sum, { width, height }) => sum + width * height, 0);
    expect(area).toBe(film.width * film.height);
  });
});
