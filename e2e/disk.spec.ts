/** What a browser keeps: the modules under the farm's archive and the Blobs, in real IndexedDB with real Web Locks. */
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { type HarnessPages, serveHarness } from './support/harness-pages.ts';

const HARNESS = 'e2e/support/disk-harness/index.html';
const NETWORK = 'a'.repeat(64);
const MEBIBYTE = 1024 * 1024;
let server: HarnessPages;

test.beforeAll(async () => {
  server = await serveHarness(HARNESS);
});
test.afterAll(() => server.close());

async function ready(page: Page): Promise<Page> {
  await page.waitForFunction(() => 'disk' in window);
  await page.evaluate((network) => {
    window.kept = window.disk.open(network);
  }, NETWORK);
  return page;
}

async function openTab(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.goto(server.url + HARNESS);
  return ready(page);
}

test('Jobs and Blobs are there after a reload, one tab at a time, until the person has them forgotten', async ({
  context,
}) => {
  const first = await openTab(context);
  const hash = await first.evaluate(async () => {
    await window.kept.save('a castle');
    await Promise.all([1, 2, 3].map((part) => window.kept.savePart('a castle', part, 1, 1000)));
    await window.kept.savePart('a castle', 2, 4, 2000);
    return (await window.kept.keepBlob(3_000_000)).hash;
  });

  await first.reload();
  await ready(first);
  expect(await first.evaluate(() => window.kept.load())).toEqual(['a castle']);
  const parts = ['1: 1000 of 1', '2: 2000 of 4', '3: 1000 of 1'];
  expect(await first.evaluate(() => window.kept.parts('a castle'))).toEqual(parts);
  expect(await first.evaluate((name) => window.kept.readBlob(name), hash)).toBe(3_000_000);

  const second = await openTab(context);
  expect(await second.evaluate(() => window.kept.load())).toEqual([]);
  await second.evaluate(() => window.kept.remove('a castle'));
  await first.close();
  await expect.poll(() => second.evaluate(() => window.kept.load())).toEqual(['a castle']);
  expect(await second.evaluate(() => window.kept.parts('a castle'))).toEqual(parts);

  const kept = await second.evaluate(() => window.disk.keeping.kept());
  expect(kept.networks).toBe(1);
  expect(kept.bytes).toBeGreaterThan(3_000_000);
  const databases = () =>
    second.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name).sort());
  await second.evaluate(() => window.disk.keeping.forget());
  expect((await second.evaluate(() => window.disk.keeping.kept())).bytes).toBe(0);
  expect(await databases()).toEqual(['leafcutter-kept-1', `leafcutter-kept-1 ${NETWORK}`]);

  // Nobody has that network open any more.
  await second.reload();
  await second.waitForFunction(() => 'disk' in window);
  await expect(async () => {
    await second.evaluate(() => window.disk.keeping.forget());
    expect(await databases()).toEqual(['leafcutter-kept-1']);
  }).toPass();
});

test('a visit that keeps nothing leaves no database behind', async ({ context }) => {
  const page = await openTab(context);
  const databases = () =>
    page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name).sort());
  expect(await page.evaluate(() => window.kept.load())).toEqual([]);
  expect(await page.evaluate(() => window.kept.parts('a castle'))).toEqual([]);
  expect(await page.evaluate(() => window.disk.keeping.kept())).toEqual({ networks: 0, bytes: 0 });
  await page.evaluate(() => window.disk.keeping.forget());
  expect(await databases()).toEqual([]);
  await page.evaluate(() => window.kept.save('a castle'));
  expect(await databases()).toEqual(['leafcutter-kept-1', `leafcutter-kept-1 ${NETWORK}`]);
  expect((await page.evaluate(() => window.disk.keeping.kept())).networks).toBe(1);
});

/** A tab that has no network open. */
async function openHarness(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.goto(server.url + HARNESS);
  await page.waitForFunction(() => 'disk' in window);
  return page;
}

/** As if each had been opened last in 1970. */
function age(page: Page, networks: readonly string[]): Promise<void> {
  return page.evaluate(
    (all) =>
      new Promise<void>((resolve) => {
        const opening = indexedDB.open('leafcutter-kept-1');
        opening.onsuccess = () => {
          const change = opening.result.transaction('networks', 'readwrite');
          for (const network of all) change.objectStore('networks').put(0, network);
          change.oncomplete = () => {
            opening.result.close();
            resolve();
          };
        };
      }),
    networks,
  );
}

test('what nobody has opened for a month is forgotten, but not while a tab has it open', async ({
  context,
}) => {
  const [closed, visited] = ['b'.repeat(64), 'c'.repeat(64)];
  const open = await openTab(context);
  await open.evaluate(() => window.kept.save('a castle'));
  await open.evaluate(() => window.kept.savePart('a castle', 1, 1, 1000));
  const before = await openHarness(context);
  await before.evaluate((network) => window.disk.open(network).save('a tower'), closed);
  await age(before, [NETWORK, closed]);
  await before.close();
  const visitor = await openHarness(context);
  await visitor.evaluate((network) => void window.disk.open(network), visited);
  const databases = () =>
    visitor.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name).sort());
  await expect.poll(databases).toEqual(['leafcutter-kept-1', `leafcutter-kept-1 ${NETWORK}`]);
  expect(await open.evaluate(() => window.kept.parts('a castle'))).toEqual(['1: 1000 of 1']);
});

/** A tab of a browser whose disk has 4 MiB for the page. */
async function openFullTab(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  const client = await context.newCDPSession(page);
  const { origin } = new URL(server.url);
  // First: the browser asks for the room that is left now and then only.
  await client.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 4 * MEBIBYTE });
  await page.goto(server.url + HARNESS);
  return ready(page);
}

// By itself: the browser goes on counting for a while what did not fit.
test('what the disk has no room for fails as that', async ({ context }) => {
  const page = await openFullTab(context);
  expect(await page.evaluate(() => window.disk.failureOf(20_000_000))).toBe('DiskFullError');
});

test('a full disk is said once, and used again when something was removed', async ({ context }) => {
  const page = await openFullTab(context);
  await page.evaluate(() => window.kept.save('a castle'));
  const save = (part: number) =>
    page.evaluate((one) => window.kept.savePart('a castle', one, 1, 1_500_000), part);
  expect([await save(0), await save(1), await save(2), await save(3)]).toEqual([true, true, false, false]);
  expect(await page.evaluate(() => window.kept.said)).toEqual(['disk-full']);
  await page.evaluate(() => window.kept.remove('a castle'));
  expect(await save(2)).toBe(true);
  expect(await page.evaluate(() => window.kept.said)).toEqual(['disk-full', 'recovered']);
});

test('a browser that has no IndexedDB, or refuses it, keeps nothing and says so once', async ({
  context,
}) => {
  const withoutIndexedDb = (): void => void Object.defineProperty(window, 'indexedDB', { value: undefined });
  const withRefusal = (): void => {
    indexedDB.open = () => {
      throw new DOMException('The operation is insecure.', 'SecurityError');
    };
  };
  for (const prepare of [withoutIndexedDb, withRefusal]) {
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.addInitScript(prepare);
    await page.goto(server.url + HARNESS);
    await ready(page);
    expect(await page.evaluate(() => window.kept.load())).toEqual([]);
    expect(await page.evaluate(() => window.kept.save('a castle'))).toBe(false);
    expect((await page.evaluate(() => window.kept.keepBlob(1000))).isKept).toBe(false);
    expect(await page.evaluate(() => window.kept.said)).toEqual(['disk-unavailable']);
    expect(await page.evaluate(() => window.kept.trouble())).toContain('lets the page keep nothing');
    expect(errors).toEqual([]);
  }
});
