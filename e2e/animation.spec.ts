/** An animation as one render: frames on two tabs, looked at while they come, kept as PNGs and as a video, the same as the terminal's. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { unzipSync } from 'fflate';
import { actingScene } from './support/acting-scene.ts';
import { expect, test } from './support/fixtures.ts';
import { runCommand } from './support/server.ts';
import { inviteLink, lendWorkers, people } from './support/tabs.ts';

const FRAMES = 5;
const number = (page: Page, name: string) => page.getByRole('spinbutton', { name, exact: true });

let folder = '';
test.beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leafcutter-animation-'));
});
test.afterEach(() => rm(folder, { recursive: true, force: true }));

/** The same frames by the terminal on this machine alone. */
async function terminalFrames(): Promise<{
  readonly hash: string;
  readonly frames: { readonly hashes: readonly string[] };
}> {
  const scene = actingScene();
  await writeFile(join(folder, scene.name), scene.buffer);
  const { stdout, stderr } = await runCommand([
    ...[
      'render',
      join(folder, scene.name),
      '-o',
      join(folder, 'acting-####.png'),
      '--frames',
      `0..${FRAMES - 1}`,
    ],
    ...['--fps', '4', '--size', '72x48', '--samples', '4', '--json', '--quiet'],
  ]);
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

/** How many frames the browser itself decodes of a video. */
function decodedFrames(
  page: Page,
  video: Buffer,
  type: string,
): Promise<{ readonly count: number; readonly width: number }> {
  return page.evaluate(
    async ([base64, mime]) => {
      const bytes = Uint8Array.from(atob(base64 ?? ''), (one) => one.charCodeAt(0));
      const element = document.createElement('video');
      element.muted = true;
      element.src = URL.createObjectURL(new Blob([bytes], { type: mime }));
      let count = 0;
      const each = (): void => {
        count++;
        element.requestVideoFrameCallback(each);
      };
      element.requestVideoFrameCallback(each);
      // Slow enough for a busy machine to present each of them.
      element.playbackRate = 0.8;
      await element.play();
      await new Promise((ended) => element.addEventListener('ended', ended, { once: true }));
      return { count, width: element.videoWidth };
    },
    [video.toString('base64'), type] as const,
  );
}

async function kept(page: Page, item: string): Promise<Buffer> {
  await page.getByRole('button', { name: 'Download as' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: item }).click();
  return readFile(await (await download).path());
}

test('frames of an animation are one render for all tabs, kept as the terminal has them, and as a video', async ({
  tab,
}) => {
  const first = await tab();
  await lendWorkers(first, 1);
  await first.getByLabel('Scene files').setInputFiles(actingScene());
  await number(first, 'Width').fill('72');
  await number(first, 'Height').fill('48');
  await number(first, 'Samples').fill('4');
  await first.getByRole('button', { name: 'Frames', exact: true }).click();
  await number(first, 'Frames a second').fill('4');
  await expect(number(first, 'Last frame')).toHaveValue('3');
  await number(first, 'Last frame').fill(String(FRAMES - 1));
  await expect(first.getByRole('status', { name: 'Frames to render' })).toHaveText('5 frames, 1.25 s');
  const second = await tab(await inviteLink(first));
  await lendWorkers(second, 1);
  await expect(people(first)).toHaveCount(2);

  await first.getByRole('button', { name: 'Render', exact: true }).click();
  const local = await terminalFrames();
  for (const page of [first, second]) {
    await expect(page.getByTestId('picture-hash')).toHaveText(local.hash);
    const slider = page.getByRole('slider', { name: 'Frame', exact: true });
    await expect(page.getByRole('group', { name: 'Frames', exact: true })).toContainText('5 of 5 finished');
    await slider.focus();
    for (const [frame, hash] of local.frames.hashes.entries()) {
      await slider.press(frame === 0 ? 'Home' : 'ArrowRight');
      await expect(slider).toHaveAttribute('aria-valuetext', `Frame ${frame}, finished`);
      await expect(page.getByTestId('frame-hash')).toHaveText(hash);
    }
  }

  // The other tab has them all, too, and shows them as the terminal does.
  const files = unzipSync(await kept(second, 'PNG sequence (zip)'));
  expect(Object.keys(files)).toEqual(Array.from({ length: FRAMES }, (_, i) => `acting-000${i}.png`));
  for (const [name, bytes] of Object.entries(files)) {
    const theirs = await readFile(join(folder, name));
    expect(pixelsOf(Buffer.from(bytes)), name).toEqual(pixelsOf(theirs));
  }

  const mp4 = await kept(first, 'Video, MP4');
  expect(mp4.toString('latin1', 4, 8)).toBe('ftyp');
  const webm = await kept(first, 'Video, WebM');
  expect(await decodedFrames(first, webm, 'video/webm')).toEqual({ count: FRAMES, width: 72 });
});

/** What a PNG holds but for its texts. */
function pixelsOf(png: Buffer): string {
  let pixels = '';
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    if (type !== 'iTXt') pixels += png.toString('base64', at, at + 12 + length);
    at += 12 + length;
  }
  return pixels;
}
