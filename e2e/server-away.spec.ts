/** The server dies under open tabs: they stay together, mend what breaks, and take back who was away. */
import type { Browser, Locator, Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import { openStoppableTab } from './support/processes.ts';
import { type RunningServer, startServer } from './support/server.ts';
import { inviteLink, nodeId, openNetwork, openTab, people } from './support/tabs.ts';

/** Longer than it takes Chromium to call a connection failed. */
const STOPPED_MS = 30_000;

/** Runs with a server of its own, to be killed, and closes the tabs afterwards. */
async function withServer(browser: Browser, run: (server: RunningServer) => Promise<void>): Promise<void> {
  const server = await startServer();
  try {
    await run(server);
  } finally {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await server.kill();
  }
}

/** From now on the tab answers requests named `echo`, and counts for each Node how often a Link with it came up. */
async function watch(page: Page): Promise<void> {
  await page.evaluate(() => {
    const node = window.leafcutter?.node;
    if (!node) throw new Error('the page has no Node');
    node.serve('echo', ({ body }) => body);
    const ups: Record<string, number> = {};
    let linked = new Set<string>();
    Object.assign(window, { ups });
    node.events.on('membersChanged', () => {
      const now = new Set(node.members().flatMap(({ id, isNeighbour }) => (isNeighbour ? [id] : [])));
      for (const id of now) if (!linked.has(id)) ups[id] = (ups[id] ?? 0) + 1;
      linked = now;
    });
  });
}

/** How often a Link with that Node came up since `watch`. */
function linksMade(page: Page, id: string): Promise<number> {
  return page.evaluate((peer) => (window as unknown as { ups: Record<string, number> }).ups[peer] ?? 0, id);
}

/** Whether this tab has a Link to that Node now. */
function isLinked(page: Page, id: string): Promise<boolean> {
  return page.evaluate(
    (peer) =>
      window.leafcutter?.node.members().some((member) => member.id === peer && member.isNeighbour) ?? false,
    id,
  );
}

/** Asks that Node over whatever path there is; the answer. */
function ask(page: Page, id: string, question: number): Promise<number | undefined> {
  return page.evaluate(
    async ([peer, byte]) => {
      const node = window.leafcutter?.node;
      const member = node?.members().find((each) => each.id === peer);
      if (!node || !member) return undefined;
      return (await node.request(member.id, 'echo', Uint8Array.of(byte)))[0];
    },
    [id, question] as const,
  );
}

function dropLink(page: Page, id: string): Promise<void> {
  return page.evaluate((peer) => {
    const node = window.leafcutter?.node;
    const member = node?.members().find((each) => each.id === peer);
    if (node && member) node.inspection.faults.dropLink(member.id);
  }, id);
}

test('the server is killed: a Link that is dropped is made again through the others, and messages flow', async ({
  browser,
}) => {
  await withServer(browser, async (server) => {
    const pages = await openNetwork(browser, server.url, 3);
    const ids = await Promise.all(pages.map(nodeId));
    await Promise.all(pages.map(watch));
    const [first, second] = pages as [Page, Page];
    const peer = ids[1] ?? '';
    await expect.poll(() => isLinked(first, peer)).toBe(true);
    await server.kill();
    await expect(first.getByTestId('rendezvous')).toHaveText('Signaling away');
    await first.getByRole('button', { name: 'Try now' }).click();
    for (let round = 1; round <= 3; round++) {
      const before = await linksMade(first, peer);
      await dropLink(first, peer);
      expect(await ask(first, peer, round)).toBe(round); // over it, or around it
      await expect.poll(() => linksMade(first, peer)).toBeGreaterThan(before);
      expect(await ask(second, ids[0] ?? '', round)).toBe(round);
    }
    for (const page of pages) await expect(people(page)).toHaveCount(3);
  });
});

test('a newcomer joins by two texts while no server is there, and has the whole mesh', async ({
  browser,
}) => {
  await withServer(browser, async (server) => {
    const pages = await openNetwork(browser, server.url, 2);
    const [first, second] = pages as [Page, Page];
    const link = new URL(await inviteLink(first));
    // The newcomer has the page from elsewhere: it never meets the others at a server.
    const other = await startServer();
    const newcomer = await openTab(browser, new URL(link.hash, other.url).href);
    await Promise.all([server.kill(), other.kill()]);
    await expect(first.getByTestId('rendezvous')).toHaveText('Signaling away');
    await expect(newcomer.getByTestId('rendezvous')).toHaveText('Signaling away');
    await Promise.all([second, newcomer].map(watch));

    for (const page of [first, newcomer]) {
      await page.setViewportSize({ width: 360, height: 740 });
      await page.getByRole('button', { name: 'Connect without a server' }).press('Enter');
    }
    const dialogs = [first, newcomer].map((page) => page.getByRole('dialog'));
    const [here, there] = dialogs as [Locator, Locator];
    await here.getByRole('button', { name: 'Let a device in' }).press('Enter');
    const offer = await here.getByRole('textbox', { name: 'First text' }).inputValue();
    await expect(here.getByRole('img', { name: 'First text as QR code' })).toBeVisible();
    await there.getByRole('button', { name: 'Join from this device' }).press('Enter');
    await there.getByRole('textbox', { name: 'First text' }).fill(offer.slice(0, -3));
    await there.getByRole('textbox', { name: 'First text' }).press('Tab');
    await there.getByRole('button', { name: 'Make the answer' }).press('Enter');
    await expect(there.getByRole('alert')).toContainText('not whole');
    await there.getByRole('textbox', { name: 'First text' }).fill(offer);
    await there.getByRole('button', { name: 'Make the answer' }).press('Enter');
    const answer = await there.getByRole('textbox', { name: 'Answer' }).inputValue();
    for (const page of [first, newcomer]) {
      const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(excess).toBeLessThanOrEqual(0);
    }
    await here.getByRole('textbox', { name: 'Its answer' }).fill(answer);
    await here.getByRole('button', { name: 'Connect', exact: true }).press('Enter');
    for (const dialog of dialogs) await expect(dialog).toContainText('Connected');
    await Promise.all([first, newcomer].map((page) => page.keyboard.press('Escape')));

    for (const page of [...pages, newcomer]) await expect(people(page)).toHaveCount(3);
    const id = await nodeId(second);
    expect(await ask(newcomer, id, 5)).toBe(5);
    // The Link to the other was negotiated through the one that there was.
    await expect.poll(() => isLinked(newcomer, id)).toBe(true);
  });
});

test('two texts between pages of different networks connect nothing, and both pages say why', async ({
  browser,
}) => {
  await withServer(browser, async (server) => {
    const pages = [await openTab(browser, server.url), await openTab(browser, server.url)] as const;
    for (const page of pages) await page.getByRole('button', { name: 'Connect without a server' }).click();
    const [here, there] = pages.map((page) => page.getByRole('dialog')) as [Locator, Locator];
    await here.getByRole('button', { name: 'Let a device in' }).click();
    const offer = await here.getByRole('textbox', { name: 'First text' }).inputValue();
    await there.getByRole('button', { name: 'Join from this device' }).click();
    await there.getByRole('textbox', { name: 'First text' }).fill(offer);
    await there.getByRole('button', { name: 'Make the answer' }).click();
    const answer = await there.getByRole('textbox', { name: 'Answer' }).inputValue();
    await here.getByRole('textbox', { name: 'Its answer' }).fill(answer);
    await here.getByRole('button', { name: 'Connect', exact: true }).click();
    for (const dialog of [here, there]) {
      await expect(dialog.getByRole('alert')).toContainText('open the same invite link on all');
      await expect(dialog).not.toContainText('Connected');
      await expect(dialog.getByRole('button', { name: 'Let a device in' })).toBeVisible();
    }
    for (const page of pages) await expect(people(page)).toHaveCount(1);
  });
});

test('a tab that stands still for half a minute while the server is dead comes back over the Links it had', async ({
  browser,
}) => {
  await withServer(browser, async (server) => {
    const pages = await openNetwork(browser, server.url, 2);
    const [first, second] = pages as [Page, Page];
    const sleeper = await openStoppableTab(browser, await inviteLink(first));
    for (const page of [first, second, sleeper.page]) await expect(people(page)).toHaveCount(3);
    const id = await nodeId(sleeper.page);
    await watch(sleeper.page);
    await server.kill();
    await expect(first.getByTestId('rendezvous')).not.toHaveText('Online');
    sleeper.stop();
    const stoppedAt = Date.now();
    try {
      for (const page of [first, second]) await expect(people(page)).toHaveCount(2);
      await new Promise((resolve) => setTimeout(resolve, STOPPED_MS - (Date.now() - stoppedAt)));
    } finally {
      sleeper.continue();
    }
    for (const page of [first, second, sleeper.page]) await expect(people(page)).toHaveCount(3);
    expect(await ask(first, id, 7)).toBe(7);
  });
});
