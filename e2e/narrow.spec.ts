/** On a phone of 360 px nothing is cut off sideways, whatever is shown. */
import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import { pictureHash } from './support/tabs.ts';

async function expectNoSidewaysScroll(page: Page): Promise<void> {
  await expect
    .poll(() => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth))
    .toBeLessThanOrEqual(0);
}

test('the page fits 360 px in every state, and renders', async ({ tab }) => {
  const page = await tab();
  await page.setViewportSize({ width: 360, height: 740 });
  await expectNoSidewaysScroll(page);
  // Most of the network's name can be read.
  const name = page.getByTitle("The Network's name").locator('.ellipsis');
  await expect.poll(async () => (await name.boundingBox())?.width).toBeGreaterThan(80);
  // All of it where others are invited.
  await expect(page.locator('.invite')).toContainText(`can join ${await name.textContent()} and help`);

  await page.getByRole('button', { name: 'Sample: Cornell box' }).click();
  await expect(page.getByLabel(/^Scene preview/)).toBeVisible();
  await expectNoSidewaysScroll(page);

  // Below a stage that fills the screen nothing would be seen of it.
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await expect(page.getByRole('spinbutton', { name: 'Samples' })).toBeInViewport({ ratio: 1 });
  await page.getByRole('spinbutton', { name: 'Samples' }).fill('2');
  await page.getByText('Advanced').click();
  await expectNoSidewaysScroll(page);
  await page.getByRole('button', { name: 'Render', exact: true }).click();
  await pictureHash(page);
  // What was asked for is in sight, though the settings are far below it.
  await expect(page.getByRole('img', { name: 'Rendered picture' })).toBeInViewport({ ratio: 0.9 });
  await expectNoSidewaysScroll(page);
  await page.getByTestId('picture-hash').click();
  await expectNoSidewaysScroll(page);
  await page.getByRole('button', { name: 'Renders', exact: true }).click();
  await expectNoSidewaysScroll(page);

  await page.getByRole('button', { name: 'Debug panel', exact: true }).click();
  for (const pane of ['Topology', 'Node', 'Messages', 'Room']) {
    await page.getByRole('button', { name: pane, exact: true }).click();
    await expectNoSidewaysScroll(page);
  }
});

test('what a computation says and shows is in sight on a phone on its side', async ({ tab }) => {
  const page = await tab();
  await page.setViewportSize({ width: 740, height: 360 });
  await page.getByRole('button', { name: 'Compute', exact: true }).click();
  await page
    .getByRole('textbox', { name: 'Module source' })
    .fill('export const inputs = [1];\nexport default (');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('list', { name: 'Errors' })).toBeInViewport({ ratio: 1 });
  await expectNoSidewaysScroll(page);
});
