/** On a phone of 360 px nothing is cut off sideways, whatever is shown. */
import type { Page } from '@playwright/test';
import { expect, resident, test } from './support/fixtures.ts';
import { startServer } from './support/server.ts';
import { clearStage, pictureHash, startSample } from './support/tabs.ts';

async function expectNoSidewaysScroll(page: Page): Promise<void> {
  await expect
    .poll(() => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth))
    .toBeLessThanOrEqual(0);
}

const theTab = resident();

test('the page fits 360 px in every state, and renders', async () => {
  const page = theTab();
  await page.setViewportSize({ width: 360, height: 740 });
  await expectNoSidewaysScroll(page);
  // Nothing of the network's name is cut off.
  const name = page.getByTitle("The Network's name").locator('.ellipsis');
  expect(await name.evaluate((all) => all.scrollWidth - all.clientWidth)).toBe(0);
  const header = await page.getByRole('banner').boundingBox();
  expect((await name.boundingBox())?.height).toBeLessThan(header?.height ?? 0);
  // Nor where others are invited.
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
  await page.getByRole('button', { name: 'Close debug panel' }).click();
});

test('in a header of 320 px the longest name and what is said of it stay inside, and the dot is seen where colours are forced', async ({
  tab,
}) => {
  const server = await startServer();
  const longest = `${'otter-'.repeat(10)}leaf`;
  const page = await tab(`${server.url}#${longest}.AAECAwQFBgcICQoLDA0ODw`);
  await page.setViewportSize({ width: 320, height: 640 });
  const header = await page.getByRole('banner').boundingBox();
  const name = await page.getByTitle("The Network's name").locator('.ellipsis').boundingBox();
  if (!header || !name) throw new Error('there is no header');
  expect(name.y).toBeGreaterThanOrEqual(header.y);
  expect(name.y + name.height).toBeLessThanOrEqual(header.y + header.height);
  await expectNoSidewaysScroll(page);

  await page.emulateMedia({ forcedColors: 'active' });
  // Round: at its corners the header is seen.
  const picture = await page.getByTestId('rendezvous').screenshot();
  expect(await page.evaluate(coloursOf, [...picture])).toBeGreaterThan(1);

  await server.kill();
  await expect(page.getByTestId('rendezvous')).toHaveText('Signaling away');
  const words = await page.getByTestId('rendezvous').boundingBox();
  const beside = await page.getByRole('navigation', { name: 'What this page does' }).boundingBox();
  const above = await page.getByTitle("The Network's name").boundingBox();
  if (!words || !beside || !above) throw new Error('there is nothing in the header');
  expect(above.y).toBeGreaterThanOrEqual(header.y);
  expect(words.x + words.width).toBeLessThanOrEqual(beside.x);
});

/** In a page: how many colours a picture has. */
async function coloursOf(png: readonly number[]): Promise<number> {
  const bitmap = await createImageBitmap(new Blob([Uint8Array.from(png)]));
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
  context?.drawImage(bitmap, 0, 0);
  const { data } = context?.getImageData(0, 0, bitmap.width, bitmap.height) ?? {};
  return new Set(new Uint32Array(data?.buffer ?? [])).size;
}

/** What has the focus, where something else lies over it. */
function coveredFocus(): string | undefined {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return undefined;
  const { x, y, width, height } = focused.getBoundingClientRect();
  const top = document.elementFromPoint(x + width / 2, y + height / 2);
  if (top && (focused.contains(top) || top.contains(focused))) return undefined;
  return focused.getAttribute('aria-label') ?? focused.textContent ?? focused.tagName;
}

for (const [what, viewport] of [
  ['on a phone', { width: 360, height: 740 }],
  ['at 200 %', { width: 680, height: 425 }],
] as const) {
  test(`by keyboard nothing has the focus behind what stays at the edges, ${what}`, async () => {
    const page = theTab();
    await page.setViewportSize(viewport);
    // So many that some are above the edge.
    const renders = page.getByRole('list', { name: 'Renders' }).locator('li');
    do {
      await clearStage(page);
      await page.getByRole('button', { name: 'Settings', exact: true }).click();
      await startSample(page, { width: 64, height: 64, samples: 1 });
      await pictureHash(page);
      await page.getByRole('button', { name: 'Renders', exact: true }).click();
    } while ((await renders.count()) < 3);
    for (const key of ['Tab', 'Shift+Tab']) {
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      for (let stop = 0; stop < 45; stop++) {
        await page.keyboard.press(key);
        expect(await page.evaluate(coveredFocus)).toBeUndefined();
      }
    }
  });
}

test('what a computation says and shows is in sight on a phone on its side', async () => {
  const page = theTab();
  await page.setViewportSize({ width: 740, height: 360 });
  await page.getByRole('button', { name: 'Compute', exact: true }).click();
  await page
    .getByRole('textbox', { name: 'Module source' })
    .fill('export const inputs = [1];\nexport default (');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('list', { name: 'Errors' })).toBeInViewport({ ratio: 1 });
  await expectNoSidewaysScroll(page);
});
