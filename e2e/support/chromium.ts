/** How tests and benches start Chromium: the distribution's own, with no network but ours. */
import { existsSync } from 'node:fs';

const { CHROMIUM_PATH } = process.env;

const WITH_WINDOWS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
/** The same engine without a browser's own pages and windows, which cost as much as the tabs. */
const HEADLESS = '/usr/bin/chromium-headless-shell';

const args = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Tabs of one machine connect even where it has no LAN.
  '--allow-loopback-in-peer-connection',
];

function launchOptions(paths: readonly string[]) {
  const executablePath = [CHROMIUM_PATH, ...paths].find((path) => path !== undefined && existsSync(path));
  return { ...(executablePath ? { executablePath } : {}), args };
}

/** For Playwright's `launch`. Without a Chromium of the distribution, Playwright's own is used if it is installed. */
export const chromiumLaunchOptions = launchOptions([HEADLESS, ...WITH_WINDOWS]);

/** For a window as a person has it, and where all that a tab says while it is closed has to arrive: the other one ends it on the spot. */
export const windowLaunchOptions = launchOptions(WITH_WINDOWS);
