/** A server for each spec file, and tabs that are closed after each test. */
import { test as base, type Page } from '@playwright/test';
import { type RunningServer, startServer } from './server.ts';
import { openNetwork, openTab } from './tabs.ts';

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
    await Promise.all(browser.contexts().map((context) => context.close()));
  },
  network: async ({ browser, server }, use) => {
    await use((size) => openNetwork(browser, server.url, size));
    await Promise.all(browser.contexts().map((context) => context.close()));
  },
});

export { expect } from '@playwright/test';
