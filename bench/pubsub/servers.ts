/** The two servers that NATS' clients are compared at: Debian's nats-server, and a door. Each a process of its own, with what it costs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cpuMs, residentKib } from '../server/processes.ts';

export type ServerName = 'door' | 'nats-server';

export interface NatsServer {
  readonly port: number;
  /** Processor time so far. */
  cpuMs(): Promise<number>;
  residentKib(): Promise<number>;
  close(): Promise<void>;
}

const projectFolder = fileURLToPath(new URL('../..', import.meta.url));
const NATS_SERVERS = ['/usr/sbin/nats-server', '/usr/bin/nats-server'];
const STARTING_MS = 15_000;

/** @param invite of the network that a door belongs to; without it it is one of its own. @throws Error where one is missing */
export async function startNatsServer(name: ServerName, invite?: string): Promise<NatsServer> {
  const folder = await mkdtemp(join(tmpdir(), 'leafcutter-bench-'));
  const child = name === 'door' ? await startDoor(folder, invite) : startDebians(folder);
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${name} did not start`);
  return {
    port: await portIn(folder),
    cpuMs: () => cpuMs(pid),
    residentKib: () => residentKib(pid),
    async close() {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      }
      await rm(folder, { recursive: true });
    },
  };
}

function startDebians(folder: string): ChildProcess {
  const program = NATS_SERVERS.find(existsSync);
  if (program === undefined) throw new Error("nats-server is missing: install Debian's package of that name");
  const args = ['-a', '127.0.0.1', '-p', '-1', '--ports_file_dir', folder];
  return spawn(program, args, { stdio: ['ignore', 'ignore', 'ignore'] });
}

async function startDoor(folder: string, invite: string | undefined): Promise<ChildProcess> {
  const program = join(projectFolder, 'bin', 'leafcutter.js');
  const file = join(folder, 'door.conf');
  await writeFile(file, `ports_file_dir: "${folder}"\n`);
  const args = [
    program,
    'door',
    'nats',
    ...(invite === undefined ? [] : [invite]),
    '--port',
    '0',
    '-c',
    file,
  ];
  return spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Both write their ports to a file of the same name. */
async function portIn(folder: string): Promise<number> {
  const endsAtMs = performance.now() + STARTING_MS;
  while (performance.now() < endsAtMs) {
    const file = (await readdir(folder)).find((each) => each.endsWith('.ports'));
    const text = file === undefined ? '' : await readFile(join(folder, file), 'utf8');
    const port = /:(\d+)"/.exec(text)?.[1];
    if (port !== undefined) return Number(port);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('a server did not say its port');
}
