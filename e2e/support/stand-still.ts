/** A page whose main thread stands still, as one that computes does; it waits for an answer instead, so that the other tabs keep their cores. */
import type { Page } from '@playwright/test';

const ADDRESS = 'stand-still';

/** Resolves when the page is about to stand still for so long; what it returns tells whether that is over. */
export async function standStill(page: Page, durationMs: number): Promise<() => boolean> {
  let isOver = false;
  await page.route(`**/${ADDRESS}`, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, durationMs));
    isOver = true;
    await route.fulfill({ body: '' });
  });
  await page.evaluate((address) => {
    setTimeout(() => {
      const request = new XMLHttpRequest();
      request.open('GET', address, false);
      request.send();
    }, 50);
  }, ADDRESS);
  return () => isOver;
}
