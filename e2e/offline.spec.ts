/** The server is away: what the page loads late is there all the same, and the page opens again. A new build disturbs no open tab. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, expect, type Page, test } from '@playwright/test';
import express from 'express';
import { pageFiles } from '../signaling/page.ts';
import { chromiumLaunchOptions } from './support/chromium.ts';
import { startServer } from './support/server.ts';
import { pictureHash, startSample } from './support/tabs.ts';

test.use({ serviceWorkers: 'allow' });

const built = fileURLToPath(new URL('../dist/page/', import.meta.url));

/** When the worker has the whole build, and stands between this page and the server. */
async function keptByWorker(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { serviceWorker } = navigator;
    await serviceWorker.ready;
    while (!serviceWorker.controller) {
      await new Promise((resolve) =>
        serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
      );
    }
  });
}

async function keepsPng(page: Page): Promise<void> {
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download PNG' }).click();
  const png = await readFile(await (await downloading).path());
  expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');
}

async function opensDebugPanel(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Debug panel' }).click();
  await expect(page.getByRole('region', { name: 'Topology' })).toBeVisible();
}

/** Everything that is loaded when first needed, from a scene to a file of the picture. */
async function worksWhole(page: Page): Promise<void> {
  await startSample(page, { width: 32, height: 32, samples: 1 });
  await pictureHash(page);
  await keepsPng(page);
  await opensDebugPanel(page);
}

test('with the server dead the page renders, keeps a PNG, opens its panels, reloads, and opens anew', async ({
  page,
}) => {
  const server = await startServer();
  await page.goto(server.url);
  await keptByWorker(page);
  const address = page.url();
  await server.kill();
  await worksWhole(page);

  // Else it is back after the reload, if the disk has it by then, in the place of the samples.
  await page.getByRole('button', { name: 'More about Cornell box' }).click();
  await page.getByRole('menuitem', { name: 'Remove from the list' }).click();
  await page.reload();
  await expect(page.getByRole('textbox', { name: 'Invite link' })).toHaveValue(address);
  await expect(page.getByTestId('rendezvous')).toHaveText('Signaling away');
  await worksWhole(page);

  const another = await page.context().newPage();
  await another.goto(server.url);
  await expect(another.getByRole('heading', { name: 'Invite devices' })).toBeVisible();
  expect(await another.evaluate(() => crossOriginIsolated)).toBe(true);
});

test('over plain http on a LAN, where there is no worker, nothing that is loaded late needs the server', async () => {
  const server = await startServer();
  const browser = await chromium.launch({
    ...chromiumLaunchOptions,
    args: [...chromiumLaunchOptions.args, '--host-resolver-rules=MAP studio.test 127.0.0.1'],
  });
  try {
    const page = await browser.newPage();
    const url = `http://studio.test:${server.port}/`;
    const missing = new Set(
      (JSON.parse(await readFile(join(built, 'page-files.json'), 'utf8')) as string[]).map(
        (path) => new URL(path, url).href,
      ),
    );
    const all = new Promise<void>((resolve) => {
      page.on('requestfinished', (request) => {
        missing.delete(request.url());
        if (missing.size === 0) resolve();
      });
    });
    await page.goto(url);
    expect(await page.evaluate(() => isSecureContext)).toBe(false);
    await all;
    await server.kill();
    await worksWhole(page);
  } finally {
    await browser.close();
    await server.kill();
  }
});

/** The build again with another title, and without the debug panel's files. */
async function nextBuild(folder: string): Promise<void> {
  const assets = await readdir(join(folder, 'assets'));
  await Promise.all(
    assets.filter((name) => name.startsWith('debug-panel')).map((name) => rm(join(folder, 'assets', name))),
  );
  const index = join(folder, 'index.html');
  const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64');
  const before = await readFile(index, 'utf8');
  const after = before.replace('Starting Leafcutter', 'Starting the next Leafcutter');
  await writeFile(index, after);
  const worker = join(folder, 'service-worker.js');
  const script = await readFile(worker, 'utf8');
  await writeFile(
    worker,
    script
      .replace(hashOf(before), hashOf(after))
      .replace(/(id:\s*[`"'])[0-9a-f]+/, '$1feedfacefeedface')
      .replaceAll(/\{\s*url:\s*[`"']assets\/debug-panel[^}]*\},?/g, ''),
  );
}

test('a new build takes over at the next load, and open tabs go on with the files of theirs', async ({
  page,
}) => {
  const folder = await mkdtemp(join(tmpdir(), 'leafcutter-page-'));
  await cp(built, folder, { recursive: true });
  const server: Server = createServer(express().use(pageFiles(folder))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`;
  await page.goto(url);
  await keptByWorker(page);

  const before = await page.evaluateHandle(() => navigator.serviceWorker.controller);
  await nextBuild(folder);
  // The page looks for a new build itself, too: it may have taken over already.
  await page.evaluate(async (old) => {
    const { serviceWorker } = navigator;
    const registration = await serviceWorker.ready;
    // A look that joins one under way, which the page itself began, may have seen the old build.
    while (serviceWorker.controller === old) {
      await registration.update();
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }, before);
  await opensDebugPanel(page);

  const html = async () => (await (await page.goto(url))?.text()) ?? '';
  expect(await html()).toContain('Starting the next Leafcutter');
  await expect(page.getByRole('heading', { name: 'Invite devices' })).toBeVisible();
  server.close();
  server.closeAllConnections();
  await rm(folder, { recursive: true });
});
