/** Reloads, copies, tabs that come at once or return: every tab is one Node, no Node stays behind, and none is deaf. */
import type { BrowserContext, Page } from '@playwright/test';
import { chromium } from '@playwright/test';
import { chromiumLaunchOptions } from './support/chromium.ts';
import { expect, resident, test } from './support/fixtures.ts';
import { stoppable } from './support/processes.ts';
import { expectToHearEachOther, inviteLink, nodeId, openTab, people } from './support/tabs.ts';

/** What a page does that opens itself again: the browser copies its sessionStorage, and its key in it. */
async function openCopy(page: Page): Promise<Page> {
  await page.evaluate(() => sessionStorage.setItem('copied', 'yes'));
  const opened = page.context().waitForEvent('page');
  await page.evaluate(() => void window.open(location.href));
  const copy = await opened;
  await expect(copy.getByTestId('rendezvous')).toHaveText('Online');
  expect(await copy.evaluate(() => sessionStorage.getItem('copied'))).toBe('yes');
  return copy;
}

/** As over plain http on a LAN, where browsers have no Web Locks. */
async function withoutLocks(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => Object.defineProperty(navigator, 'locks', { value: undefined }));
}

/** Whom the others come to, in all of these. */
const theHost = resident();

test('a reload is the same Node, a new tab another one', async ({ tab }) => {
  const host = theHost();
  const guest = await tab(await inviteLink(host));
  await expect(people(host)).toHaveCount(2);
  const before = await nodeId(guest);
  await guest.reload();
  await expect(people(guest)).toHaveCount(2);
  expect(await nodeId(guest)).toBe(before);
  await expect(people(host).filter({ has: host.locator(`[title="Node ${before}"]`) })).toHaveCount(1);
  const third = await tab(await inviteLink(host));
  expect(await nodeId(third)).not.toBe(before);
});

for (const hasLocks of [true, false]) {
  test(`a copy of a tab is another Node, and leaves its opener alone (Web Locks: ${hasLocks})`, async ({
    browser,
  }) => {
    const host = theHost();
    const context = await browser.newContext();
    if (!hasLocks) await withoutLocks(context);
    const original = await context.newPage();
    await original.goto(await inviteLink(host));
    await expect(people(host)).toHaveCount(2);
    const id = await nodeId(original);
    const copy = await openCopy(original);
    await expect(people(host)).toHaveCount(3);
    const copyId = await nodeId(copy);
    expect(copyId).not.toBe(id);
    await expect(original.getByTestId('rendezvous')).toHaveText('Online');
    await expect(people(original)).toHaveCount(3);
    await expectToHearEachOther([host, original, copy]);

    // Each keeps its own from now on.
    await Promise.all([original.reload(), copy.reload()]);
    for (const page of [original, copy]) await expect(people(page)).toHaveCount(3);
    expect(await nodeId(original)).toBe(id);
    expect(await nodeId(copy)).toBe(copyId);
    await expect(people(host)).toHaveCount(3);
  });
}

test('a tab whose key goes on elsewhere says so, is online no more, and joins again as another device', async ({
  browser,
}) => {
  const host = theHost();
  const context = await browser.newContext();
  await withoutLocks(context);
  const original = await context.newPage();
  await original.goto(await inviteLink(host));
  await expect(people(host)).toHaveCount(2);
  const id = await nodeId(original);
  const stored = await original.evaluate(() => ({ ...sessionStorage }));
  const copy = await context.newPage();
  await copy.addInitScript((entries) => {
    for (const [key, value] of Object.entries(entries)) sessionStorage.setItem(key, value);
  }, stored);
  // While it stands still it does not answer that it lives: the copy takes its key.
  const { stop, continue: goOn } = await stoppable(original);
  stop();
  try {
    await copy.goto(await inviteLink(host));
    await expect(people(copy).first()).toHaveAttribute('data-node', id);
  } finally {
    goOn();
  }

  await expect(
    original.getByRole('alert').filter({ hasText: 'This tab has left the network' }),
  ).toBeVisible();
  await expect(original.getByTestId('rendezvous')).toHaveText('Left');
  await expect(people(original)).toHaveCount(0);
  await expect(copy.getByTestId('rendezvous')).toHaveText('Online');
  await expect(people(copy)).toHaveCount(2);
  await expectToHearEachOther([host, copy]);

  await original.getByRole('button', { name: 'Join again as a new device' }).click();
  await expect(people(original)).toHaveCount(3);
  expect(await nodeId(original)).not.toBe(id);
  await expect(people(host)).toHaveCount(3);
});

test('tabs that join at the same instant all hear each other', async ({ browser }) => {
  const host = theHost();
  const link = await inviteLink(host);
  const pages = await Promise.all([openTab(browser, link), openTab(browser, link), openTab(browser, link)]);
  for (const page of [host, ...pages]) await expect(people(page)).toHaveCount(4);
  await expectToHearEachOther([host, ...pages]);
});

test('twenty reloads in ten seconds leave one Node, which hears and is heard', async ({ tab }) => {
  const host = theHost();
  const guest = await tab(await inviteLink(host));
  await expect(people(host)).toHaveCount(2);
  const id = await nodeId(guest);
  // The page reloads itself, at every stage of joining once: a person does not wait for it either.
  await guest.addInitScript(() => {
    const reloads = Number(sessionStorage.getItem('reloads'));
    if (reloads === 20) return;
    sessionStorage.setItem('reloads', String(reloads + 1));
    setTimeout(() => location.reload(), 25 * reloads);
  });
  await guest.reload({ waitUntil: 'commit' });
  const reloads = () =>
    guest.evaluate(() => sessionStorage.getItem('reloads')).catch(() => 'between two pages');
  await expect.poll(reloads).toBe('20');
  await expect(people(guest)).toHaveCount(2);
  expect(await nodeId(guest)).toBe(id);
  await expect(people(host)).toHaveCount(2);
  await expect(people(host).last()).toHaveAttribute('data-node', id);
  await expectToHearEachOther([host, guest]);
});

test('a tab that goes elsewhere is gone, and is the same Node when it comes back', async ({ server }) => {
  // Playwright switches the back/forward cache off.
  const browser = await chromium.launch({
    ...chromiumLaunchOptions,
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  });
  try {
    const host = await openTab(browser, server.url);
    const guest = await openTab(browser, await inviteLink(host));
    await expect(people(host)).toHaveCount(2);
    const id = await nodeId(guest);
    await guest.goto(`${server.url}healthz`);
    await expect(people(host)).toHaveCount(1);
    await guest.goBack();
    await expect(people(guest)).toHaveCount(2);
    expect(await nodeId(guest)).toBe(id);
    await expect(people(host)).toHaveCount(2);
    await expectToHearEachOther([host, guest]);

    // A browser that keeps pages with connections open: it goes into the cache as it is, and comes out of it.
    const loaded = guest.waitForEvent('domcontentloaded');
    await guest.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })));
    await expect(people(host)).toHaveCount(1);
    await guest.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
    await loaded;
    await expect(people(guest)).toHaveCount(2);
    expect(await nodeId(guest)).toBe(id);
    await expectToHearEachOther([host, guest]);
  } finally {
    await browser.close();
  }
});
