// What the tests need of the distribution. Where something is missing, Debian's packages are installed (as root).
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const SKIPPED = 'The tests that need it are skipped.';

/** A package is there when one of its files is, or the one that an environment variable names. */
const packages = [
  {
    name: 'chromium-headless-shell',
    variable: 'CHROMIUM_PATH',
    without: 'The tests run in the whole browser and take about twice as long.',
    files: ['/usr/bin/chromium-headless-shell'],
  },
  {
    name: 'chromium',
    variable: 'CHROMIUM_PATH',
    files: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
  },
  {
    name: 'firefox-esr',
    variable: 'FIREFOX_PATH',
    files: ['/usr/bin/firefox-esr', '/usr/bin/firefox'],
  },
  { name: 'nats-server', without: SKIPPED, files: ['/usr/sbin/nats-server', '/usr/bin/nats-server'] },
  { name: 'coturn', without: SKIPPED, files: ['/usr/bin/turnserver', '/usr/sbin/turnserver'] },
];

const missing = () =>
  packages.filter(
    ({ variable, files }) =>
      ![variable && process.env[variable], ...files].some((path) => path && existsSync(path)),
  );

function aptGet(...args) {
  spawnSync('apt-get', args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}

const wanted = missing();
if (wanted.length > 0) {
  console.log(`Missing: ${wanted.map(({ name }) => name).join(', ')}. Installing Debian's packages ...`);
  aptGet('update', '-qq');
  // One by one: what one of them lacks must not keep the others away.
  for (const { name } of wanted)
    aptGet('install', '-y', '-qq', '--no-install-recommends', '--no-remove', name);
}
for (const { name, variable, without } of missing()) {
  const otherwise = variable ? `, or set ${variable} to where it is` : '';
  const text = `${name} could not be installed: apt-get install ${name}${otherwise}`;
  if (without) console.warn(`${text}. ${without}`);
  else {
    console.error(text);
    process.exitCode = 1;
  }
}
