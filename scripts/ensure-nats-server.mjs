// The tests of the backplane run Debian's NATS server. Where none is found, install the package (as root); where that cannot be
// done they are skipped and say so.
import { spawnSync } from 'node:child_process';

const isThere = ['nats-server', '/usr/sbin/nats-server'].some(
  (command) => spawnSync(command, ['--version']).status === 0,
);
if (!isThere) {
  console.log("No NATS server found: installing Debian's package `nats-server` ...");
  const run = (...args) =>
    spawnSync('apt-get', args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status;
  if (run('update', '-qq') !== 0 || run('install', '-y', '-qq', 'nats-server') !== 0) {
    console.log('Could not install it: the tests of --backplane will be skipped.');
  }
}
