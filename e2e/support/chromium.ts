/** How tests and benches start Chromium: the distribution's own, with no network but ours. */
import { existsSync } from 'node:fs';

const { CHROMIUM_PATH } = process.env;

const executablePath = [
  CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path));

/** For Playwright's `launch`. Without a Chromium of the distribution, Playwright's own is used if it is installed. */
export const chromiumLaunchOptions = {
  ...(executablePath ? { executablePath } : {}),
  args: [
    '--no-sandbox',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    // Tabs of one machine connect even where it has no LAN.
    '--allow-loopback-in-peer-connection',
  ],
};
