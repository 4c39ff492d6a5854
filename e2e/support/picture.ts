/** What the canvas shows, and what it should: the film's own means through the same tone mapping. */
import type { Page } from '@playwright/test';
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
    const { width = 0, height = 0, means = [] } = window.leafcutter?.jobs[0]?.film ?? {};
    return { width, height, means: [...means] };
  });
  const means = Float32Array.from(film.means);
  const exposure = toneMapping === 'none' ? 0 : suitedExposure(means, film.width, film.height);
  return [...toneMap(means, { exposure, toneMapping })];
}
