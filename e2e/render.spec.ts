/** One picture, whoever renders it: the hash of four tabs, also with one of them killed, is the hash of one, and of the terminal. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, resident, test } from './support/fixtures.ts';
import { hashAlone } from './support/picture-alone.ts';
import { slowWorkers } from './support/render-workers.ts';
import { runCommand } from './support/server.ts';
import { dressedTriangles } from './support/small-files.ts';
import { clearStage, crash, lendWorkers, people, percent, pictureHash, startSample } from './support/tabs.ts';

const SMALL = { width: 192, height: 128, samples: 16 };
/** Long enough for slow workers that a tab can be killed in the middle of it. */
const LONG = { width: 224, height: 160, samples: 32 };

/** For what one tab tells. */
const theTab = resident();
test.beforeEach(() => clearStage(theTab()));

test('four tabs render the sample with the hash of one, and all show it', async ({ network }) => {
  const expected = await hashAlone(SMALL);
  const pages = await network(4);
  const [starter] = pages;
  if (!starter) throw new Error('four tabs were asked for');
  for (const page of pages) await lendWorkers(page, 1);
  await startSample(starter, SMALL);
  for (const page of pages) {
    expect(await pictureHash(page)).toBe(expected);
    await expect(page.getByRole('img', { name: 'Rendered picture' })).toBeVisible();
  }
  // Whatever the pages show was painted from the same film.
  const painted = await Promise.all(
    pages.map((page) =>
      page
        .getByRole('img', { name: 'Rendered picture' })
        .evaluate((canvas) => (canvas instanceof HTMLCanvasElement ? canvas.toDataURL() : '')),
    ),
  );
  expect(new Set(painted).size).toBe(1);
});

test('a worker tab killed in the middle of a render costs nothing but time', { tag: '@long' }, async ({
  network,
}) => {
  const expected = await hashAlone(LONG);
  const pages = await network(3);
  const [starter, helper, victim] = pages;
  if (!starter || !helper || !victim) throw new Error('three tabs were asked for');
  await slowWorkers(...pages);
  for (const page of pages) await lendWorkers(page, 1);
  await startSample(starter, LONG);
  // The victim takes part before it dies.
  await expect(starter.getByRole('list', { name: 'Shares' }).getByRole('listitem')).toHaveCount(3);
  expect(await percent(starter)).toBeLessThan(100);
  await crash(victim);
  await expect(people(starter)).toHaveCount(2);
  expect(await pictureHash(starter)).toBe(expected);
  expect(await pictureHash(helper)).toBe(expected);
});

test('one tab has the hash of the terminal, and its picture is downloaded as a PNG with the name of the scene', async () => {
  const page = theTab();
  const settings = { width: 64, height: 48, samples: 2 };
  await startSample(page, settings);
  const hash = await pictureHash(page);
  expect(hash).toBe(await hashAlone(settings));
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download PNG' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('Cornell box.png');
  const png = await readFile(await download.path());
  expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([64, 48]);
  expect(png.includes(hash)).toBe(true);
});

test('a render can be cancelled by who started it, and everyone is told', async ({ network }) => {
  const [starter, helper] = await network(2);
  if (!starter || !helper) throw new Error('two tabs were asked for');
  await slowWorkers(starter, helper);
  await startSample(starter, { width: 512, height: 512, samples: 4096 });
  await expect(helper.getByRole('progressbar', { name: 'Render progress' })).toBeVisible();
  await starter.getByRole('button', { name: 'Cancel render' }).click();
  await expect(starter.getByRole('list', { name: 'Renders' })).toContainText('cancelled');
  await expect(helper.getByRole('list', { name: 'Renders' })).toContainText('cancelled');
  await expect(starter.getByRole('button', { name: 'Render', exact: true })).toBeEnabled();
});

test('exposure changes what is seen, not what was rendered', async () => {
  const page = theTab();
  await startSample(page, { width: 64, height: 64, samples: 4 });
  const hash = await pictureHash(page);
  const canvas = page.getByRole('img', { name: 'Rendered picture' });
  const brightness = (): Promise<number> =>
    canvas.evaluate((element) => {
      if (!(element instanceof HTMLCanvasElement)) return 0;
      const pixels = element.getContext('2d')?.getImageData(0, 0, element.width, element.height).data ?? [];
      let sum = 0;
      for (const value of pixels) sum += value;
      return sum;
    });
  // The picture is painted, and metered, a moment after its hash is known.
  let before = 0;
  await expect
    .poll(async () => {
      const last = before;
      before = await brightness();
      return before > 0 && before === last;
    })
    .toBe(true);
  const automatic = page.getByRole('button', { name: /automatic exposure$/ });
  await expect(automatic).toHaveAttribute('aria-pressed', 'true');
  await page.getByRole('slider', { name: 'Exposure' }).fill('3');
  await expect.poll(brightness).toBeGreaterThan(before);
  await expect(automatic).toHaveAttribute('aria-pressed', 'false');
  await automatic.click();
  await expect.poll(brightness).toBe(before);
  expect(await pictureHash(page)).toBe(hash);
});

test('glass, cloth, films and brushed metal have the bits of the terminal, too', async () => {
  const page = theTab();
  const file = dressedTriangles();
  await page.getByLabel('Scene files').setInputFiles(file);
  await page.getByLabel(/^Scene preview/).waitFor();
  const hash = await page.evaluate(async () => {
    const job = await window.leafcutter?.render({ width: 64, height: 48, samples: 4 });
    return job?.finished;
  });
  const folder = await mkdtemp(join(tmpdir(), 'leafcutter-'));
  try {
    await writeFile(join(folder, file.name), file.buffer);
    const { exitCode, stdout } = await runCommand([
      ...['render', join(folder, file.name), '--out', join(folder, 'picture.exr')],
      ...['--size', '64x48', '--samples', '4', '--json'],
    ]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ hash });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('looking around changes the camera, and going back to the scene camera gives its hash again', async () => {
  const page = theTab();
  const settings = { width: 64, height: 64, samples: 1 };
  await startSample(page, settings);
  const expected = await pictureHash(page);
  await page.getByRole('button', { name: 'Scene', exact: true }).click();
  const preview = page.getByLabel(/^Scene preview/);
  await expect(page.getByText('Drag to look around')).toBeVisible();
  const box = await preview.boundingBox();
  if (!box) throw new Error('the preview has no place on the page');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 + 60, box.y + box.height / 2 + 20, { steps: 4 });
  await page.mouse.up();
  await page.getByText('Advanced', { exact: true }).click();
  const camera = page.getByRole('combobox', { name: 'Camera' });
  await expect(camera).toHaveValue('own');
  const render = page.getByRole('button', { name: 'Render', exact: true });
  await render.click();
  expect(await pictureHash(page)).not.toBe(expected);

  await page.getByRole('button', { name: 'Scene', exact: true }).click();
  await page.getByRole('button', { name: 'Back to scene camera' }).click();
  await expect(camera).toHaveValue('0');
  await render.click();
  await expect(page.getByTestId('picture-hash')).toHaveText(expected);
});
