/** Tabs that stand still in the middle of a render: nobody is lost, nothing is done wrong, and who was away goes on. */
import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import { openStoppableTab } from './support/processes.ts';
import { slowWorkers } from './support/render-workers.ts';
import { standStill } from './support/stand-still.ts';
import {
  inviteLink,
  lendWorkers,
  nodeId,
  openTab,
  people,
  pictureHash,
  startSample,
} from './support/tabs.ts';

/** Some seconds for one slow worker. The starter lends none: without the helper nothing goes on. */
const SAMPLE = { width: 320, height: 240, samples: 16 };
/** Until one that takes over has done its part, and the one before it is back. */
const LONGER = { ...SAMPLE, samples: 24 };
/** Looks so often that most of a render is still to come. */
const AT_ONCE = { intervals: [50] };

/** From now on, who is called gone in this tab. */
async function watchDepartures(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const gone: string[] = [];
    Object.assign(window, { gone });
    window.leafcutter?.node.events.on('left', ({ id }) => gone.push(id));
  });
  return () => page.evaluate(() => (window as unknown as { gone: string[] }).gone);
}

/** Samples that a Node has contributed to the picture on this tab's stage. */
function share(page: Page, id: string): Promise<number> {
  return page.evaluate((node) => {
    const [job] = window.leafcutter?.jobs ?? [];
    return job?.progress.shares.find((one) => one.node === node)?.samples ?? 0;
  }, id);
}

test('a helper whose page is blocked for ten seconds keeps its Links, and works on', {
  tag: '@long',
}, async ({ browser, server }) => {
  const starter = await openTab(browser, server.url);
  const helper = await openTab(browser, await inviteLink(starter));
  await expect(people(starter)).toHaveCount(2);
  await slowWorkers(helper);
  await lendWorkers(starter, 0);
  await lendWorkers(helper, 1);
  const id = await nodeId(helper);
  const gone = await watchDepartures(starter);
  await startSample(starter, SAMPLE);
  await expect.poll(() => share(starter, id), AT_ONCE).toBeGreaterThan(0);
  await standStill(helper, 10_000);
  await helper.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100))); // comes back when that is over
  const before = await share(starter, id);
  await expect.poll(() => share(starter, id)).toBeGreaterThan(before);
  expect(await gone()).toEqual([]);
  expect(await pictureHash(helper)).toBe(await pictureHash(starter));
});

test('a helper whose process is stopped is called gone, comes back by itself when it runs again, and works on', async ({
  browser,
  server,
}) => {
  const starter = await openTab(browser, server.url);
  const helper = await openStoppableTab(browser, await inviteLink(starter));
  await expect(people(starter)).toHaveCount(2);
  await lendWorkers(starter, 0);
  await slowWorkers(helper.page);
  await lendWorkers(helper.page, 1);
  const id = await nodeId(helper.page);
  await startSample(starter, SAMPLE);
  await expect.poll(() => share(starter, id), AT_ONCE).toBeGreaterThan(0);
  helper.stop();
  try {
    await expect(people(starter)).toHaveCount(1);
  } finally {
    helper.continue();
  }
  await expect(people(starter)).toHaveCount(2);
  const before = await share(starter, id);
  await expect.poll(() => share(starter, id)).toBeGreaterThan(before);
  await expect(helper.page.getByText(/This tab was away for [\d.]+ s and goes on/)).toBeVisible();
  expect(await pictureHash(helper.page)).toBe(await pictureHash(starter));
});

test('the tab that leads a render is stopped: another leads on, and when it runs again both show one picture', {
  tag: '@long',
}, async ({ browser, server }) => {
  const starter = await openStoppableTab(browser, server.url);
  const helper = await openTab(browser, await inviteLink(starter.page));
  await expect(people(helper)).toHaveCount(2);
  await slowWorkers(helper);
  await lendWorkers(starter.page, 0);
  await lendWorkers(helper, 1);
  const id = await nodeId(helper);
  const led = (page: Page) => page.evaluate(() => window.leafcutter?.jobs[0]?.coordinator);
  await startSample(starter.page, LONGER);
  await expect.poll(() => share(helper, id)).toBeGreaterThan(0);
  starter.stop();
  try {
    await expect.poll(() => led(helper)).toBe(id);
    const before = await share(helper, id);
    await expect.poll(() => share(helper, id)).toBeGreaterThan(before);
  } finally {
    starter.continue();
  }
  await expect.poll(async () => (await led(starter.page)) === (await led(helper))).toBe(true);
  expect(await pictureHash(starter.page)).toBe(await pictureHash(helper));
});
