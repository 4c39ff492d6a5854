/** A page that cannot start says so in words, whatever part of it is missing. */
import { expect, test } from './support/fixtures.ts';
import { inviteLink, people, startSample } from './support/tabs.ts';

const missing = [
  { what: 'its script', files: /\/assets\/index-.*\.js/, says: /index-.*\.js did not come from the server/ },
  {
    what: 'a part of its script',
    files: /\/assets\/open-page-.*\.js/,
    says: /could not start.*open-page.*Reload the page/,
  },
  { what: 'the renderer', files: /kernel\.wasm/, says: /The renderer could not be loaded.*404/ },
];

for (const { what, files, says } of missing) {
  test(`without ${what} the page says what is missing`, async ({ page, server }) => {
    await page.route(files, (route) => route.fulfill({ status: 404, body: 'Not found' }));
    await page.goto(server.url);
    await expect(page.getByRole('alert')).toContainText(says);
  });
}

test('a browser that does not understand the script is told so', async ({ page, server }) => {
  const body = 'const a = b c;';
  await page.route(/\/assets\/index-.*\.js/, (route) =>
    route.fulfill({ contentType: 'text/javascript', body }),
  );
  await page.goto(server.url);
  await expect(page.getByRole('alert')).toContainText(/SyntaxError.*use a current browser/);
});

test('with nothing but the page itself, its own words say what to see to', async ({ page, server }) => {
  await page.route(/\.(js|css)(\?|$)/, (route) => route.abort());
  await page.goto(server.url);
  await expect(page.getByText(/a part of the page did not come from the server/)).toBeVisible();
});

test('a page that nobody has asked for anything makes no database, and fetches pictures of the size that it shows', async ({
  page,
  server,
}) => {
  await page.goto(server.url);
  await expect(page.getByTestId('rendezvous')).toHaveText('Online');
  const pictures = page.locator('.sample img');
  await expect(pictures).toHaveCount(3);
  for (const picture of await pictures.all()) {
    await expect
      .poll(() => picture.evaluate((shown) => (shown as HTMLImageElement).currentSrc))
      .toMatch(/-small\.webp/);
  }
  expect(await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name))).toEqual([]);
});

test('while what renders is still on its way the page says that the render starts', async ({
  page,
  server,
}) => {
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(/\/assets\/session-renders-.*\.js/, async (route) => {
    await released;
    await route.continue();
  });
  await page.goto(server.url);
  await page.getByRole('button', { name: 'Sample: Cornell box' }).click();
  await page.getByRole('button', { name: 'Render', exact: true }).click();
  await expect(page.getByText('Starting the render', { exact: true })).toBeVisible();
  await expect(page.getByRole('status').first()).toHaveText('Starting the render …');
  release();
  await expect(page.getByRole('progressbar', { name: 'Render progress' })).toBeVisible();
});

test('a render of somebody else is told of before what shows it is here, also where that does not come at first', async ({
  tab,
  browser,
}) => {
  const host = await tab();
  // Without a worker that has fetched ahead, nothing but the page asks for it.
  const context = await browser.newContext({ serviceWorkers: 'block' });
  const guest = await context.newPage();
  let isAway = true;
  await guest.route(/\/assets\/session-renders-.*\.js/, (route) =>
    isAway ? route.abort() : route.continue(),
  );
  await guest.goto(await inviteLink(host));
  await expect(people(host)).toHaveCount(2);
  await startSample(host, { width: 256, height: 256, samples: 4096 });
  await expect(
    guest.getByText(/A render is here, but what shows it could not be loaded.*It is tried again/),
  ).toBeVisible();
  isAway = false;
  await expect(guest.getByRole('progressbar', { name: 'Render progress' })).toBeVisible();
  await expect(guest.getByText(/A render is here/)).toHaveCount(0);
});
