/** Render workers that are not as others: slow, or damaged. */
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';

const SLOW = './e2e/support/slow-worker.cjs';

/** For commands of the terminal whose render workers are slow. */
export const SLOW_TERMINAL: NodeJS.ProcessEnv = { NODE_OPTIONS: `--require ${SLOW}` };

/** Makes the render workers of these tabs slow, but for those that run already. */
export async function slowWorkers(...pages: readonly Page[]): Promise<void> {
  const script = await readFile(SLOW, 'utf8');
  for (const page of pages) await changeWorkers(page, script);
}

/** Render workers of this tab run that script first. */
export async function changeWorkers(page: Page, script: string): Promise<void> {
  await page.route(/render-worker.*\.js$/, async (route) => {
    try {
      const response = await route.fetch();
      await route.fulfill({ response, body: script + (await response.text()) });
    } catch {
      // The page is gone, or going. One that stays has no worker then, and its test fails by that.
    }
  });
}
