import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

// Real tabs in the distribution's Chromium. Each spec starts the real server itself (e2e/support/server.ts).
const executablePath =
  process.env['CHROMIUM_PATH'] ??
  ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
    existsSync(path),
  );

export default defineConfig({
  testDir: 'e2e',
  testMatch: '*.spec.ts',
  fullyParallel: false,
  workers: 1,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  forbidOnly: true,
  reporter: 'list',
  use: {
    ...(executablePath ? { launchOptions: { executablePath, args: launchArguments() } } : {}),
    trace: 'retain-on-failure',
  },
});

/** No network but our own; `--allow-loopback-in-peer-connection` lets tabs of one machine without a LAN connect. */
function launchArguments(): string[] {
  return [
    '--no-sandbox',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--allow-loopback-in-peer-connection',
  ];
}
