/** What the canvas shows, and what it should: the film's own means through the same tone mapping. */
import type { Page } from '@playwright/test';
import { develop } from '../../src/render/film/index.ts';
import { suitedExposure, type ToneMapping, toneMap } from '../../src/render/output/index.ts';

/** RGBA bytes of the picture on the stage. Painting lags a little behind the film: poll. */
export function shownPixels(page: Page): Promise<number[]> {
  return page.getByRole('img', { name: 'Rendered picture' }).evaluate((element) => {
    if (!(element instanceof HTMLCanvasElement)) return [];
    return [...(element.getContext('2d')?.getImageData(0, 0, element.width, element.height).data ?? [])];
  });
}

/** The same of this tab's newest render, at the exposure that suits it. */
export async function filmPixels(page: Page, toneMapping: ToneMapping = 'neutral'): Promise<number[]> {
  const film = await page.evaluate(() => {
    const own = window.leafcutter?.jobs[0]?.film;
    const { width = 0, height = 0, tileSize = 1 } = own ?? {};
    const tiles = Array.from(own?.tileSamples ?? [], (_, tile) => {
      const target = new Float32Array(3 * tileSize ** 2);
      return [...target.subarray(0, own?.readTile(tile, target, 0))];
    });
    return { width, height, tiles };
  });
  const means = develop({
    ...film,
    readTile(tile, target, offset) {
      target.set(film.tiles[tile] ?? [], offset);
      return film.tiles[tile]?.length ?? 0;
    },
  });
  const exposure = toneMapping === 'none' ? 0 : suitedExposure(means, film.width, film.height);
  return [...toneMap(means, { exposure, toneMapping })];
}
