/** What a browser fetches before anything is asked of the page, and what a person can do meanwhile. Scripts only, compressed. */
import { gzipSync } from 'node:zlib';
import type { Page, Response } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';

/**
 * Of what the page names itself, its scripts' own imports included: with them the empty stage stands and takes scenes. boot.js begins to
 * fetch the rest beside them, so that being in the mesh does not wait for the entry to run.
 */
const MAX_FIRST_KIB = 90;
/** Of all that came by the time the tab is in the mesh and shows the QR code of its link, with nothing opened: 191.4 are reached. */
const MAX_UNTIL_ONLINE_KIB = 195;

const MESH = /\/assets\/mesh-.*\.js/;

/** KiB of each script as it comes, by its file's name. */
function weighScripts(page: Page): () => Promise<ReadonlyMap<string, number>> {
  const responses: Response[] = [];
  page.on('response', (response) => {
    if (/\.js(\?|$)/.test(response.url())) responses.push(response);
  });
  return async () => {
    const sizes = new Map<string, number>();
    for (const response of [...responses]) {
      const name = new URL(response.url()).pathname.replace(/.*\//, '');
      sizes.set(name, gzipSync(await response.body(), { level: 9 }).length / 1024);
    }
    return sizes;
  };
}

const sum = (sizes: ReadonlyMap<string, number>): number => [...sizes.values()].reduce((a, b) => a + b, 0);

function note(type: string, sizes: ReadonlyMap<string, number>): void {
  const parts = [...sizes].map(([name, kib]) => `${name} ${kib.toFixed(1)}`).join(', ');
  test.info().annotations.push({ type, description: `${sum(sizes).toFixed(1)} KiB: ${parts}` });
}

/** Holds back whatever the first scripts ask for. */
async function holdTheRest(page: Page, url: string): Promise<() => void> {
  const document = await (await page.request.get(url)).text();
  const named = new Set([...document.matchAll(/(?:src|href)="\.?\/?([^"?]+\.js)/g)].map(([, path]) => path));
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(/\/assets\/.*\.js/, async (route) => {
    const path = new URL(route.request().url()).pathname.replace(/^.*\/(?=assets\/)/, '');
    if (!named.has(path)) await released;
    await route.continue();
  });
  return release;
}

test(`the empty stage stands with at most ${MAX_FIRST_KIB} KiB of compressed script, and what is opened on it is opened`, async ({
  page,
  server,
}) => {
  const weigh = weighScripts(page);
  const meshAsked = page.waitForRequest(MESH);
  const release = await holdTheRest(page, server.url);
  await page.goto(server.url, { waitUntil: 'commit' });
  const sample = page.getByRole('button', { name: 'Sample: Cornell box' });
  await expect(sample).toBeEnabled();
  await expect(page.getByRole('button', { name: 'Open scene file' })).toBeEnabled();
  // The mesh is on its way without having been asked for.
  await meshAsked;
  const first = await weigh();
  note('first', first);
  expect(sum(first)).toBeLessThanOrEqual(MAX_FIRST_KIB);
  await sample.click();
  await expect(page.getByRole('status').first()).toHaveText('Opening your scene …');
  await page.keyboard.press('d');
  release();
  await expect(page.getByRole('region', { name: 'Topology' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Cornell box', level: 2 })).toBeVisible();
});

test(`a tab is in the mesh with at most ${MAX_UNTIL_ONLINE_KIB} KiB of compressed script`, async ({
  page,
  server,
}) => {
  const weigh = weighScripts(page);
  await page.goto(server.url);
  await expect(page.getByTestId('rendezvous')).toHaveText('Online');
  await expect(page.getByRole('img', { name: 'Invite link as QR code' })).toBeVisible();
  const all = await weigh();
  note('until online', all);
  expect(sum(all)).toBeLessThanOrEqual(MAX_UNTIL_ONLINE_KIB);
});
