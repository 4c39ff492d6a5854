/** What the canvas shows, and what it should: the film's own means through the same tone mapping. */
import type { Page } from '@playwright/test';
import { type ToneMapping, toneMap } from '../../src/render/output/index.ts';

/** RGBA bytes of the picture on the stage. Painting lags a little behind the film: poll. */
export function shownPixels(page: Page): Promise<number[]> {
  return page.getByRole('img', { name: 'Rendered picture' }).evaluate((element) => {
    if (!(element instanceof HTMLCanvasElement)) return [];
    return [...(element.getContext('2d')?.getImageData(0, 0, element.width, element.height).data ?? [])];
  });
}

/** The same of this tab's newest render, without exposure. */
export async function filmPixels(page: Page, toneMapping: ToneMapping = 'neutral'): Promise<number[]> {
  const means = await page.evaluate(() => [...(window.leafcutter?.jobs[0]?.film.means ?? [])]);
  return [...toneMap(Float32Array.from(means), { exposure: 0, toneMapping })];
}
