/** What is made of a picture: files for everyone and for compositors, and a denoised version to look at. */
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import type { ToneMapping } from '../src/render/output/index.ts';
import { expect, resident, test } from './support/fixtures.ts';
import { filmPixels, shownPixels } from './support/picture.ts';
import { clearStage, inviteLink, pictureHash, startSample } from './support/tabs.ts';

async function downloadAs(page: Page, format: string): Promise<{ name: string; bytes: Buffer }> {
  await page.getByRole('button', { name: 'Download as' }).click();
  const downloading = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: format, exact: true }).click();
  const download = await downloading;
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

const theTab = resident();
test.beforeEach(() => clearStage(theTab()));

test('tone mapping changes what is seen, on others’ renders as well, not what was rendered', async ({
  tab,
}) => {
  const starter = theTab();
  const watcher = await tab(await inviteLink(starter));
  await startSample(starter, { width: 64, height: 48, samples: 2 });
  const hash = await pictureHash(watcher);
  const shows = async (page: Page, toneMapping: ToneMapping) =>
    String(await shownPixels(page)) === String(await filmPixels(page, toneMapping));
  await expect.poll(() => shows(watcher, 'neutral')).toBe(true);
  await watcher.getByRole('combobox', { name: 'Tone mapping' }).selectOption('agx');
  await expect.poll(() => shows(watcher, 'agx')).toBe(true);
  expect(await shows(watcher, 'neutral')).toBe(false);
  await expect(watcher.getByTestId('picture-hash')).toHaveText(hash);
  await expect.poll(() => shows(starter, 'neutral')).toBe(true);
});

test('the picture is kept as 16-bit PNG, as EXR, and as EXR with layers', async () => {
  const page = theTab();
  await startSample(page, { width: 48, height: 32, samples: 2 });
  const hash = await pictureHash(page);

  const png = await downloadAs(page, 'PNG, 16 bit');
  expect(png.name).toBe('Cornell box.png');
  expect(png.bytes.subarray(1, 4).toString('latin1')).toBe('PNG');
  expect([png.bytes.readUInt32BE(16), png.bytes.readUInt32BE(20), png.bytes[24]]).toEqual([48, 32, 16]);

  for (const format of ['EXR, half', 'EXR, float']) {
    const exr = await downloadAs(page, format);
    expect(exr.name).toBe('Cornell box.exr');
    expect(exr.bytes.readUInt32LE(0)).toBe(20000630);
    expect(exr.bytes.includes(hash)).toBe(true);
    expect(exr.bytes.includes('albedo.R')).toBe(false);
  }
  const layers = await downloadAs(page, 'EXR with layers');
  for (const channel of ['albedo.R', 'normal.X', 'depth.Z', 'samples.N']) {
    expect(layers.bytes.includes(channel)).toBe(true);
  }
});

test('denoising shows its mark and another picture, and leaves the render and its hash alone', async () => {
  const page = theTab();
  await startSample(page, { width: 64, height: 48, samples: 2 });
  const hash = await pictureHash(page);
  const rendered = await filmPixels(page);
  const isRendered = async () => String(await shownPixels(page)) === String(rendered);
  await expect.poll(isRendered).toBe(true);
  const mark = page.getByTestId('denoised-mark');
  await expect(mark).toHaveCount(0);

  const denoise = page.getByRole('switch', { name: 'Denoise' });
  await expect(denoise).not.toBeChecked();
  await denoise.check();
  await expect(mark).toHaveText('Denoised');
  await expect.poll(isRendered).toBe(false);
  await expect(page.getByTestId('picture-hash')).toHaveText(hash);

  // Held, it shows the render; let go, the denoised picture again.
  const compare = page.getByRole('button', { name: 'Hold to compare with the render' });
  await compare.focus();
  await page.keyboard.down('Space');
  await expect(mark).toHaveText('As rendered');
  await expect.poll(isRendered).toBe(true);
  await page.keyboard.up('Space');
  await expect(mark).toHaveText('Denoised');

  const kept = await downloadAs(page, 'PNG, 8 bit');
  expect(kept.name).toBe('Cornell box denoised.png');
  expect(kept.bytes.includes(hash)).toBe(true);

  await denoise.uncheck();
  await expect(mark).toHaveCount(0);
  await expect.poll(isRendered).toBe(true);
});
