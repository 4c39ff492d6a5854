/** A real NATS server for tests: Debian's `nats-server`. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

const COMMAND = ['nats-server', '/usr/sbin/nats-server'].find(
  (command) => spawnSync(command, ['--version']).status === 0,
);

/** Say this where a test is skipped. */
export const NO_NATS_SERVER =
  COMMAND === undefined && 'nats-server is not installed (Debian has it: apt-get install nats-server)';

export interface RunningNats {
  readonly port: number;
  readonly url: string;
  /** As a crash ends it. */
  kill(): Promise<void>;
}

/** @param port 0 for any free one */
export async function startNats(port = 0): Promise<RunningNats> {
  if (COMMAND === undefined) throw new Error(String(NO_NATS_SERVER));
  const child = spawn(COMMAND, ['--addr', '127.0.0.1', '--port', String(port === 0 ? -1 : port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const listening = await ready(child);
  return {
    port: listening,
    url: `nats://127.0.0.1:${listening}`,
    async kill() {
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, 'exit');
        child.kill('SIGKILL');
        await exited;
      }
    },
  };
}

/** Resolves with the port when it takes connections. */
function ready(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const port = /client connections on [\d.]+:(\d+)/.exec(text)?.[1];
      if (port && text.includes('Server is ready')) resolve(Number(port));
    });
    child.once('exit', (code) => reject(new Error(`nats-server ended with ${code}: ${text}`)));
  });
}
