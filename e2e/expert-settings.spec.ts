/** What the expert finds: an end by noise, a lens, a panorama and a moment of one's own. */
import type { Page } from '@playwright/test';
import { expect, resident, test } from './support/fixtures.ts';
import { shownPixels } from './support/picture.ts';
import { dullTriangle, movingTriangle, panorama } from './support/small-files.ts';
import { clearStage, pictureHash } from './support/tabs.ts';

const number = (page: Page, name: string) => page.getByRole('spinbutton', { name, exact: true });

async function setSize(page: Page, width: number, height: number): Promise<void> {
  await number(page, 'Width').fill(String(width));
  await number(page, 'Height').fill(String(height));
}

/** Renders with the settings as they are; the hash, once the stage shows this very render. */
async function render(page: Page): Promise<string> {
  const before = await page.getByRole('list', { name: 'Renders' }).getByRole('listitem').count();
  await page.getByRole('button', { name: 'Render', exact: true }).click();
  await expect(page.getByRole('list', { name: 'Renders' }).getByRole('listitem')).toHaveCount(before + 1);
  const hash = await page.evaluate(() => window.leafcutter?.jobs[0]?.finished);
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  await expect(page.getByTestId('picture-hash')).toHaveText(hash ?? '');
  return hash ?? '';
}

/** Mean of red, green and blue in the picture on the stage, 0..255; nothing until all of it is painted. */
async function meanColour(page: Page): Promise<number[]> {
  const rgba = await shownPixels(page);
  if (rgba.some((value, at) => at % 4 === 3 && value < 255)) return [];
  const mean = (channel: number) =>
    rgba.reduce((sum, value, at) => sum + (at % 4 === channel ? value : 0), 0) / (rgba.length / 4);
  return [mean(0), mean(1), mean(2)];
}

/** Its settings are those that the test before has left. */
const theTab = resident();
test.beforeEach(() => clearStage(theTab()));

async function openAdvanced(page: Page): Promise<void> {
  if (!(await number(page, 'Seed').isVisible())) await page.getByText('Advanced', { exact: true }).click();
}

test('a noise goal ends a render before its most samples, the same way each time', async () => {
  const page = theTab();
  await page.getByRole('button', { name: 'Sample: Cornell box' }).click();
  await setSize(page, 128, 64);
  await page.getByRole('button', { name: 'Noise', exact: true }).click();
  await openAdvanced(page);
  await number(page, 'Noise goal').fill('0.3');
  await number(page, 'Most samples').fill('2048');
  const hash = await render(page);
  const status = page.locator('.figures');
  await expect(status).toContainText('2 of 2 finished');
  const samples = await page.evaluate(() => [...(window.leafcutter?.jobs[0]?.film.tileSamples ?? [])]);
  expect(Math.max(...samples)).toBeLessThan(2048);
  await page.getByRole('combobox', { name: 'Map over the picture' }).selectOption('samples');
  await expect(page.locator('.tile-map')).toContainText(String(samples[0]));
  expect(await render(page)).toBe(hash);
  await page.getByRole('button', { name: 'Samples', exact: true }).click();
});

test('an f-number changes the picture, and without a lens it is the same again', async () => {
  const page = theTab();
  await page.getByRole('button', { name: 'Sample: Cornell box' }).click();
  await setSize(page, 64, 64);
  await number(page, 'Samples').fill('1');
  const sharp = await render(page);
  await openAdvanced(page);
  const lens = page.getByRole('switch', { name: 'Depth of field' });
  await lens.check();
  await number(page, 'Aperture').fill('0.01');
  await expect(page.getByText('Aperture must be a number from 0.1 to 1,000.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Render', exact: true })).toBeDisabled();
  await number(page, 'Aperture').fill('0.5');

  await page.getByRole('button', { name: 'Pick the focus in the scene' }).click();
  // By keyboard: what is in the middle.
  const picker = page.getByRole('button', { name: /^Click what is to be sharp/ });
  await expect(picker).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(number(page, 'Focus distance')).toHaveValue(/^[01]\.\d+$/);
  const near = await render(page);
  expect(near).not.toBe(sharp);

  await number(page, 'Focus distance').fill('0.2');
  expect(await render(page)).not.toBe(near);
  await lens.uncheck();
  expect(await render(page)).toBe(sharp);
});

test('the time slider shows another moment of a scene that moves', async () => {
  const page = theTab();
  await page.getByLabel('Scene files').setInputFiles(movingTriangle());
  await expect(page.getByRole('heading', { name: 'moving.gltf' })).toBeVisible();
  await setSize(page, 32, 32);
  await number(page, 'Samples').fill('1');
  const atStart = await render(page);
  await expect.poll(async () => (await meanColour(page))[0]).toBeGreaterThan(20);

  await openAdvanced(page);
  await expect(page.getByRole('combobox', { name: 'Animation' })).toContainText('Leave');
  await page.getByRole('slider', { name: 'Time slider' }).focus();
  await page.keyboard.press('End');
  await expect(number(page, 'Time')).toHaveValue('2');
  await expect(page.getByText('Posing the scene')).toHaveCount(0);
  await render(page);
  await expect.poll(() => meanColour(page)).toEqual([0, 0, 0]);

  await number(page, 'Time').fill('0');
  await number(page, 'Time').press('Enter');
  expect(await render(page)).toBe(atStart);
});

test('a panorama of one’s own lights the scene, as strong as wanted', async () => {
  const page = theTab();
  await page.getByLabel('Environment file').setInputFiles(panorama('evening.hdr', [1, 0, 0]));
  const environment = page.getByRole('combobox', { name: 'Environment' });
  await expect(environment).toHaveValue('file');
  await expect(environment).toContainText('evening.hdr');
  await page.getByLabel('Scene files').setInputFiles(dullTriangle());
  await expect(page.getByRole('heading', { name: 'dull.gltf' })).toBeVisible();
  await setSize(page, 32, 32);
  await number(page, 'Samples').fill('4');
  await render(page);
  await expect.poll(async () => (await meanColour(page))[0]).toBeGreaterThan(100);
  const [red = 0, green = 255, blue = 255] = await meanColour(page);
  expect(green + blue).toBeLessThan(red / 2);

  await openAdvanced(page);
  await number(page, 'Strength').fill('0');
  await render(page);
  await expect.poll(() => meanColour(page)).toEqual([0, 0, 0]);

  // A broken one is refused by name, and the last one stays.
  await page
    .getByLabel('Environment file')
    .setInputFiles({ name: 'broken.exr', mimeType: 'image/x-exr', buffer: Buffer.from('Dear diary') });
  await expect(page.getByRole('alert')).toContainText('broken.exr');
  await expect(environment).toHaveValue('file');

  // As dropped: a panorama beside no scene is an environment, and the open scene stays.
  const { name, buffer } = panorama('dawn.hdr', [0, 0, 1]);
  const isTaken = await page.evaluate(
    ([title, bytes]) => window.leafcutter?.openFiles([new File([Uint8Array.from(bytes)], title)]),
    [name, [...buffer]] as const,
  );
  expect(isTaken).toBe(true);
  await expect(environment).toContainText('dawn.hdr');
  await expect(page.getByRole('heading', { name: 'dull.gltf' })).toBeVisible();
});

test('the expert’s settings fit a phone of 360 px', async () => {
  const page = theTab();
  await page.setViewportSize({ width: 360, height: 740 });
  const excess = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  await page.getByLabel('Scene files').setInputFiles(movingTriangle());
  await expect(page.getByRole('heading', { name: 'moving.gltf' })).toBeVisible();
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await setSize(page, 32, 32);
  await page.getByRole('button', { name: 'Noise', exact: true }).click();
  await openAdvanced(page);
  await page.getByRole('switch', { name: 'Depth of field' }).check();
  await number(page, 'Most samples').fill('64');
  await number(page, 'Clamp').fill('-1');
  await expect(page.getByText('Clamp must be a number from 0 to 1,000,000.')).toBeVisible();
  await expect.poll(excess).toBeLessThanOrEqual(0);
  await number(page, 'Clamp').fill('0');
  await page.getByRole('button', { name: 'Render', exact: true }).click();
  await pictureHash(page);
  await page.getByText('Settings of this render').click();
  await page.getByRole('button', { name: 'Download as' }).click();
  await expect.poll(excess).toBeLessThanOrEqual(0);
  const menu = await page.getByRole('menu').boundingBox();
  expect(menu?.x).toBeGreaterThanOrEqual(0);
  expect((menu?.x ?? 0) + (menu?.width ?? 0)).toBeLessThanOrEqual(360);
});
