/** In a window as low as a laptop's the parts of the page scroll, never the page: its header and its button stay in sight. */
import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';

async function expectNoScroll(page: Page): Promise<void> {
  await expect
    .poll(() => page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight))
    .toBeLessThanOrEqual(0);
}

test('a window of 600 px does not scroll, whatever is shown, and keeps its header when a render begins', async ({
  tab,
}) => {
  const page = await tab();
  await page.setViewportSize({ width: 1000, height: 600 });
  await expectNoScroll(page);
  await page.getByRole('button', { name: 'Sample: Cornell box' }).click();
  await expect(page.getByLabel(/^Scene preview/)).toBeVisible();
  await page.getByText('Advanced').click();
  await expectNoScroll(page);
  await page.getByRole('spinbutton', { name: 'Samples', exact: true }).fill('1');
  await page.getByRole('button', { name: 'Render', exact: true }).click();
  await expect(page.getByRole('img', { name: 'Rendered picture' })).toBeVisible();
  await expectNoScroll(page);
  await expect(page.getByRole('banner')).toBeInViewport({ ratio: 1 });
  await page.getByRole('button', { name: 'Chat' }).click();
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeVisible();
  await expectNoScroll(page);
  await page.getByRole('button', { name: 'Debug panel' }).click();
  await expect(page.getByRole('region', { name: 'Topology' })).toBeVisible();
  await expectNoScroll(page);
  await page.getByRole('button', { name: 'Compute' }).click();
  await expect(page.getByRole('textbox', { name: 'Module source' })).toBeVisible();
  await expectNoScroll(page);
});
