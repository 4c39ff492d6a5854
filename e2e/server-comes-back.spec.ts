/** The server freezes, dies, comes back, is deployed anew; the tabs stay, and it finds them all again by themselves. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, type Page, test } from '@playwright/test';
import { lastingPort } from './support/ports.ts';
import { type RunningServer, startServer } from './support/server.ts';
import { closeTab, openNetwork, openTab, people } from './support/tabs.ts';

let server: RunningServer;
let pages: Page[];
const errors: string[] = [];

test.beforeAll(async ({ browser }) => {
  server = await startServer(await lastingPort());
  pages = await openNetwork(browser, server.url, 3);
  for (const page of pages) page.on('pageerror', (error) => errors.push(error.message));
});
test.afterEach(() => expect(errors.splice(0)).toEqual([]));
test.afterAll(async ({ browser }) => {
  for (const context of browser.contexts()) await context.close();
  await server.kill();
});

const registered = async (): Promise<number> =>
  ((await (await fetch(`${server.url}healthz`)).json()) as { instances: number }).instances;

const expectState = (page: Page, text: 'Online' | 'Signaling away') =>
  expect(page.getByTestId('rendezvous')).toHaveText(text);

/** The server and the tabs, as each test finds and leaves them. */
async function expectAllTogether(): Promise<void> {
  await expect.poll(registered).toBe(3);
  for (const page of pages) {
    await expectState(page, 'Online');
    await expect(people(page)).toHaveCount(3);
  }
}

test('a server that was away for a while has everyone again soon, and a newcomer sees them', async ({
  browser,
}) => {
  await server.kill();
  for (const page of pages) await expectState(page, 'Signaling away');
  await sleep(12_000); // for the waits between attempts to grow
  server = await startServer(server.port);
  const startedAtMs = Date.now();
  await expect.poll(registered, { intervals: [50] }).toBe(3);
  test
    .info()
    .annotations.push({ type: 'all registered after, ms', description: `${Date.now() - startedAtMs}` });
  for (const page of pages) await expectState(page, 'Online');
  const newcomer = await openTab(browser, pages[0]?.url() ?? '');
  await expect(people(newcomer)).toHaveCount(4);
  await closeTab(newcomer);
  await expectAllTogether();
});

test('a frozen server is noticed, and used again when it goes on', async () => {
  const [page] = pages;
  if (!page) throw new Error('three tabs');
  server.freeze();
  const frozenAtMs = Date.now();
  await expectState(page, 'Signaling away');
  test.info().annotations.push({ type: 'noticed after, ms', description: `${Date.now() - frozenAtMs}` });
  await expect(people(page)).toHaveCount(3);
  server.thaw();
  await expectAllTogether();
});

test('a redeploy under open tabs loses nobody', async () => {
  const { port } = server;
  expect(await server.stop('SIGTERM')).toBe(0);
  server = await startServer(port);
  await expectAllTogether();
});

test('a reloaded tab takes its id along, though the server holds its old socket', async () => {
  const [page] = pages;
  if (!page) throw new Error('three tabs');
  for (let i = 0; i < 5; i++) await page.reload({ waitUntil: 'domcontentloaded' });
  await expectAllTogether();
});
