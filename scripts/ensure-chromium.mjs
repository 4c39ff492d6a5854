// Playwright drives the distribution's Chromium. Where none is found, install Debian's package (as root).
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const candidates = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
if (!candidates.some((path) => path && existsSync(path))) {
  console.log("No Chromium found: installing Debian's package `chromium` ...");
  const run = (...args) =>
    spawnSync('apt-get', args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status;
  if (run('update', '-qq') !== 0 || run('install', '-y', '-qq', 'chromium') !== 0) {
    console.error(
      'Could not install Chromium. Install it yourself (`apt-get install chromium`) or set CHROMIUM_PATH to a Chromium binary.',
    );
    process.exit(1);
  }
}
