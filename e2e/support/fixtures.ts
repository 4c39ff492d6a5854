/** A server for each of Playwright's processes, tabs that are closed after each test, and tabs that stay for all tests of a file. */
import { type Browser, type BrowserContext, test as base, expect, type Page } from '@playwright/test';
import { type RunningServer, startServer } from './server.ts';
import { openNetwork, openTab, people } from './tabs.ts';

interface Tabs {
  /** A tab at the server's page, or at a path or link of it. */
  readonly tab: (address?: string) => Promise<Page>;
  /** Tabs of one fresh Network that all see each other. */
  readonly network: (size: number) => Promise<Page[]>;
}

export const test = base.extend<Tabs, { server: RunningServer }>({
  server: [
    async ({ browserName: _ }, use) => {
      const server = await startServer();
      await use(server);
      await server.stop();
    },
    { scope: 'worker' },
  ],
  tab: async ({ browser, server }, use) => {
    await use((address) => openTab(browser, address ?? server.url));
    await closeGuests(browser);
  },
  network: async ({ browser, server }, use) => {
    await use((size) => openNetwork(browser, server.url, size));
    await closeGuests(browser);
  },
});

/** Of the tabs that stay. */
const lasting = new Set<BrowserContext>();

async function closeGuests(browser: Browser): Promise<void> {
  const guests = browser.contexts().filter((context) => !lasting.has(context));
  await Promise.all(guests.map((context) => context.close()));
}

/**
 * Tabs of one Network that are opened once for all tests of a file, because to open one costs more than most of what a test then does. For
 * tests that leave them as they were: who joins them in a test is gone before the next one begins, and they have their size again. After a failure they are opened anew.
 */
export function residents(size: number): () => Page[] {
  let pages: Page[] = [];
  test.beforeAll(async ({ browser, server }) => {
    pages = await openNetwork(browser, server.url, size);
    for (const page of pages) lasting.add(page.context());
  });
  test.beforeEach(async ({ viewport }) => {
    for (const page of pages) {
      if (viewport) await page.setViewportSize(viewport);
      await expect(people(page)).toHaveCount(size);
    }
  });
  test.afterEach(({ browser }) => closeGuests(browser));
  test.afterAll(async () => {
    for (const page of pages) {
      lasting.delete(page.context());
      await page.context().close();
    }
  });
  return () => pages;
}

/** One such tab. */
export function resident(): () => Page {
  const pages = residents(1);
  return () => {
    const [page] = pages();
    if (!page) throw new Error('it is there from the first test on');
    return page;
  };
}

export { expect };
