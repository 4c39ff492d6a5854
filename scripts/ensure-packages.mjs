// What the tests need of the distribution. Where something is missing, Debian's packages are installed (as root).
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** A package is there when one of its files is, or the one that an environment variable names. */
const needed = [
  {
    name: 'chromium',
    variable: 'CHROMIUM_PATH',
    files: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
  },
  { name: 'firefox-esr', variable: 'FIREFOX_PATH', files: ['/usr/bin/firefox-esr', '/usr/bin/firefox'] },
  {
    name: 'nats-server',
    files: ['/usr/sbin/nats-server', '/usr/bin/nats-server'],
  },
  { name: 'coturn', files: ['/usr/bin/turnserver', '/usr/sbin/turnserver'] },
];

const missing = needed.filter(
  ({ variable, files }) =>
    ![variable && process.env[variable], ...files].some((path) => path && existsSync(path)),
);
if (missing.length > 0) {
  const names = missing.map(({ name }) => name);
  console.log(`Missing: ${names.join(', ')}. Installing Debian's packages ...`);
  const run = (...args) =>
    spawnSync('apt-get', args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status;
  if (run('update', '-qq') !== 0 || run('install', '-y', '-qq', '--no-install-recommends', ...names) !== 0) {
    console.error(`Could not install them. Do it yourself: apt-get install ${names.join(' ')}`);
    for (const { name, variable } of missing) {
      if (variable) console.error(`Or set ${variable} to where ${name} is.`);
    }
    process.exit(1);
  }
}
