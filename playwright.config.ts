import { defineConfig } from '@playwright/test';
import { chromiumLaunchOptions } from './e2e/support/chromium.ts';

// Real tabs in the distribution's Chromium. Each spec starts the real server itself (e2e/support/server.ts).
export default defineConfig({
  testDir: 'e2e',
  testMatch: '*.spec.ts',
  testIgnore: 'long/**',
  // What is proven elsewhere as well: playwright.long.config.ts.
  grepInvert: /@long/,
  fullyParallel: false,
  // Three files at a time on two cores: most of a test is waiting, and what is true of a mesh is true on a busy machine.
  workers: 3,
  retries: 0,
  // For machines that are busy: what has to come within a time says so itself.
  timeout: 240_000,
  expect: { timeout: 60_000 },
  forbidOnly: true,
  reporter: 'list',
  // Each tab is a profile of its own and would fetch the whole build into it; e2e/offline.spec.ts allows what it tests. No trace: it
  // costs a third of the processor time. `--trace retain-on-failure` asks for it.
  use: { launchOptions: chromiumLaunchOptions, serviceWorkers: 'block' },
});
