/** A render belongs to nobody: it goes on whoever leaves, and ends with the bits of one that nothing happened to. */
import type { Browser, Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import { hashAlone } from './support/picture-alone.ts';
import { slowWorkers } from './support/render-workers.ts';
import { startServer } from './support/server.ts';
import {
  closeTab,
  lendWorkers,
  nodeId,
  openNetwork,
  people,
  percent,
  pictureHash,
  startSample,
} from './support/tabs.ts';

/** Some seconds of three tabs with slow workers, so that a busy machine still sees the middle of it. */
const SETTINGS = { width: 224, height: 160, samples: 32 };

// What asks for the whole browser runs last, and this is the longest of it.
test.describe.configure({ mode: 'parallel' });

/** One tab has started a render and two help, one worker each. */
async function rendering(browser: Browser, address: string): Promise<readonly [Page, Page, Page]> {
  const [starter, helper, other] = await openNetwork(browser, address, 3);
  if (!starter || !helper || !other) throw new Error('three tabs were asked for');
  await slowWorkers(starter, helper, other);
  for (const page of [starter, helper, other]) await lendWorkers(page, 1);
  await startSample(starter, SETTINGS);
  await expect(starter.getByRole('list', { name: 'Shares' }).getByRole('listitem')).toHaveCount(3, {
    timeout: 60_000,
  });
  return [starter, helper, other];
}

/** Waits until so much of the render is done, and not all of it: one look tells both, however long a busy page takes to answer. */
async function reaches(page: Page, share: number): Promise<void> {
  let seen = 0;
  const look = async (): Promise<number> => (seen = await percent(page));
  await expect.poll(look, { timeout: 60_000, intervals: [50] }).toBeGreaterThanOrEqual(share);
  expect(seen).toBeLessThan(100);
}

test('the tab that started a render is loaded anew: another leads meanwhile, it shows it running again, and all end alike', async ({
  browser,
  server,
}) => {
  const expected = await hashAlone(SETTINGS);
  const [starter, helper, other] = await rendering(browser, server.url);
  const id = await nodeId(starter);
  await reaches(starter, 33);
  const questions: string[] = [];
  starter.on('dialog', (dialog) => {
    questions.push(dialog.type());
    void dialog.accept();
  });
  const helpers = await Promise.all([helper, other].map(nodeId));
  const isLedByHelper = (page: Page): Promise<boolean> =>
    page.evaluate((ids) => ids.includes(window.leafcutter?.jobs[0]?.coordinator ?? ''), helpers);
  // As a reload that takes longer than the others wait for it.
  const address = starter.url();
  await starter.goto('about:blank');
  await expect.poll(() => isLedByHelper(helper)).toBe(true);
  // Most of it is still to come when it is back.
  for (const page of [helper, other]) await lendWorkers(page, 0);
  await starter.goto(address);
  // Another tab leads, and feeds this one.
  await expect(starter.getByRole('progressbar', { name: 'Render progress' })).toBeVisible();
  expect(await nodeId(starter)).toBe(id);
  await expect.poll(() => isLedByHelper(starter)).toBe(true);
  await reaches(starter, 33);
  await expect(starter).toHaveTitle(/^\d+ % Cornell box/);
  for (const page of [starter, helper, other]) expect(await pictureHash(page)).toBe(expected);
  expect(questions).toEqual([]);
});

test('half of the helpers are closed in the middle of a render', { tag: '@long' }, async ({
  browser,
  server,
}) => {
  const expected = await hashAlone(SETTINGS);
  const [starter, helper, other] = await rendering(browser, server.url);
  await reaches(starter, 33);
  await closeTab(other);
  expect(await pictureHash(starter)).toBe(expected);
  expect(await pictureHash(helper)).toBe(expected);
});

test('the server is stopped at a third, and the tab that started the render is closed: the two others finish it', async ({
  browser,
}) => {
  const expected = await hashAlone(SETTINGS);
  const server = await startServer();
  const [starter, helper, other] = await rendering(browser, server.url);
  await reaches(helper, 33);
  await server.kill();
  await closeTab(starter);
  await expect(people(helper)).toHaveCount(2);
  expect(await pictureHash(helper)).toBe(expected);
  expect(await pictureHash(other)).toBe(expected);
  await expect(helper.getByRole('list', { name: 'Renders' })).toContainText('a device that left');
  await expect(helper.getByRole('list', { name: 'Renders' })).toContainText('done');
  await helper.getByText('Settings of this render').click();
  await expect(helper.getByRole('region', { name: 'Stage' }).getByText('a device that left')).toBeVisible();
});

test('every tab is closed, and the first that opens again goes on from its disk', {
  tag: '@long',
}, async ({ browser, server }) => {
  const [only] = await openNetwork(browser, server.url, 1);
  if (!only) throw new Error('a tab was asked for');
  await slowWorkers(only);
  await lendWorkers(only, 1);
  // The disk is looked at every three seconds, a fifth of this render, and then has two thirds of what is done at least.
  const longer = { ...SETTINGS, samples: 1.5 * SETTINGS.samples };
  await startSample(only, longer);
  await reaches(only, 80);
  const [address, profile] = [only.url(), only.context()];
  await only.close();
  const again = await profile.newPage();
  await slowWorkers(again);
  await again.goto(address);
  await expect(again.getByRole('progressbar', { name: 'Render progress' })).toBeVisible();
  // What was on the disk is not rendered again.
  await expect.poll(() => percent(again), { intervals: [50] }).toBeGreaterThan(0);
  expect(await percent(again)).toBeGreaterThan(20);
  expect(await pictureHash(again)).toBe(await hashAlone(longer));
});

test('a tab asks before it closes only while nobody else has its render', async ({ browser, server }) => {
  const [starter] = await openNetwork(browser, server.url, 1);
  if (!starter) throw new Error('a tab was asked for');
  await slowWorkers(starter);
  await startSample(starter, { width: 512, height: 512, samples: 4096 });
  await expect(starter.getByRole('progressbar', { name: 'Render progress' })).toBeVisible();
  const asked = starter.waitForEvent('dialog');
  await starter.close({ runBeforeUnload: true });
  const dialog = await asked;
  expect(dialog.type()).toBe('beforeunload');
  await dialog.dismiss();
  await starter.getByRole('button', { name: 'Cancel render' }).click();
  await expect(starter.getByRole('list', { name: 'Renders' })).toContainText('cancelled');
  const closed = starter.waitForEvent('close');
  await starter.close({ runBeforeUnload: true });
  await closed;
});

test.afterEach(async ({ browser }) => {
  await Promise.all(browser.contexts().map((context) => context.close()));
});
