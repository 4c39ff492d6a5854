import { describe, expect, it } from 'vitest';
import type { FilmView } from '../../render/job/index.ts';
import { thumbnailOf } from './thumbnail.ts';

/** Red tells the column, green the row. */
function film(width: number, height: number, isThere: (tile: number) => boolean = () => true): FilmView {
  const tileSize = 4;
  const [tilesAcross, tilesDown] = [Math.ceil(width / tileSize), Math.ceil(height / tileSize)];
  const tiles = tilesAcross * tilesDown;
  return {
    ...{ width, height, tileSize, tilesAcross, tilesDown },
    tileSamples: Uint32Array.from({ length: tiles }, (_, tile) => (isThere(tile) ? 1 : 0)),
    tileNoise: new Float32Array(tiles),
    brightest: () => 0,
    readTile(tile, target, offset) {
      const [x0, y0] = [(tile % tilesAcross) * tileSize, Math.floor(tile / tilesAcross) * tileSize];
      let at = offset;
      for (let y = y0; y < Math.min(height, y0 + tileSize); y++) {
        for (let x = x0; x < Math.min(width, x0 + tileSize); x++) {
          target.set([x, y, 1], at);
          at += 3;
        }
      }
      return at - offset;
    },
  };
}

describe('a thumbnail', () => {
  it('averages what it covers, in the shape of the film', () => {
    const { means, width, height } = thumbnailOf(film(16, 8), 4);
    expect([width, height]).toEqual([4, 2]);
    expect([...means.slice(0, 3)]).toEqual([1.5, 1.5, 1]);
    expect([...means.slice(3 * 7)]).toEqual([13.5, 5.5, 1]);
  });

  it('of a small film is the film, also where Tiles are cut off', () => {
    const { means, width, height } = thumbnailOf(film(6, 5), 80);
    expect([width, height]).toEqual([6, 5]);
    expect([...means.slice(-3)]).toEqual([5, 4, 1]);
  });

  it('is black where nothing has come', () => {
    const { means } = thumbnailOf(
      film(8, 4, (tile) => tile === 1),
      8,
    );
    expect([...means.slice(0, 3)]).toEqual([0, 0, 0]);
    expect(means[3 * 4 + 2]).toBe(1);
  });

  it('of a very flat film has a row', () => {
    expect(thumbnailOf(film(400, 1), 80).height).toBe(1);
  });
});
