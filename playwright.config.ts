import { defineConfig } from '@playwright/test';
import { chromiumLaunchOptions } from './e2e/support/chromium.ts';

/** Files whose tests render for long, or open many tabs: each takes all cores there are. */
const CORES =
  /(?:animation|bad-day|change-render|compute|expert-settings|job-log|liar|many-tabs|picture-files|render[\w-]*|terminal-farm)\.spec\.ts$/;

// Real tabs in the distribution's Chromium. Each spec starts the real server itself (e2e/support/server.ts).
export default defineConfig({
  testDir: 'e2e',
  testIgnore: 'long/**',
  fullyParallel: false,
  // Three files at a time: beside one that takes the cores two that mostly wait. What is true of a mesh is true on a busy machine.
  workers: 3,
  projects: [
    { name: 'cores', testMatch: CORES, workers: 1 },
    { name: 'waits', testIgnore: [CORES, 'long/**'], workers: 2 },
  ],
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  forbidOnly: true,
  reporter: 'list',
  // Each tab is a profile of its own and would fetch the whole build into it; e2e/offline.spec.ts allows what it tests.
  use: { launchOptions: chromiumLaunchOptions, trace: 'retain-on-failure', serviceWorkers: 'block' },
});
