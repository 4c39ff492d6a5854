/** Debian's Firefox, spoken to over WebDriver BiDi: Playwright drives only a Firefox of its own build. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type Browser } from 'puppeteer-core';

const { FIREFOX_PATH } = process.env;

const executablePath = [FIREFOX_PATH, '/usr/bin/firefox-esr', '/usr/bin/firefox'].find(
  (path) => path !== undefined && existsSync(path),
);

export interface RunningFirefox {
  readonly browser: Browser;
  /** As a crash would end it. */
  kill(): Promise<void>;
}

export async function launchFirefox(): Promise<RunningFirefox> {
  if (!executablePath) {
    throw new Error('there is no Firefox: install it (`apt-get install firefox-esr`) or set FIREFOX_PATH');
  }
  // Firefox does not start as root where HOME belongs to somebody else.
  const home = await mkdtemp(join(tmpdir(), 'leafcutter-firefox-'));
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    env: { ...process.env, HOME: home },
    extraPrefsFirefox: {
      // Tabs of one machine connect even where it has no LAN.
      'media.peerconnection.ice.loopback': true,
      'media.peerconnection.ice.obfuscate_host_addresses': false,
    },
  });
  return {
    browser,
    async kill() {
      browser.process()?.kill('SIGKILL');
      await browser.disconnect();
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
