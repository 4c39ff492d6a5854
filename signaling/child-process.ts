/**
 * Tests start the real server in a process of its own: a test that it survives hostile frames means little inside the process
 * that sends them. Its sources are bundled once for all that this process starts: one by one, by Vite, each takes
 * three times as long to start.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { SignalingOptions } from './server.ts';

export interface ChildServer {
  readonly port: number;
  readonly isAlive: boolean;
  readonly pid: number;
  /** Ends the process at once, as a crash would. */
  kill(): Promise<void>;
  /** SIGTERM, as a service manager sends it; resolves with the exit code. */
  terminate(): Promise<number | null>;
  /** What it has written to standard error. */
  readonly log: string;
}

const projectFolder = fileURLToPath(new URL('..', import.meta.url));

const BUNDLER = `
  import { build } from 'vite';
  const { output } = await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      ssr: 'signaling/child-server.ts',
      write: false,
      target: 'node20',
      minify: false,
      rollupOptions: { output: { codeSplitting: false } },
    },
  });
  process.stdout.write(output[0].code);
`;

let bundled: Promise<string> | undefined;

async function bundle(): Promise<string> {
  const options = ['--input-type=module', '--eval', BUNDLER];
  const { stdout } = await promisify(execFile)(process.execPath, options, { cwd: projectFolder });
  return stdout;
}

export interface ChildOptions {
  readonly server?: Partial<SignalingOptions>;
  /** Flags of Node itself, e.g. a small heap. */
  readonly nodeFlags?: readonly string[];
}

/** The page it serves is a stand-in: `index.html`, `assets/app-1a2b.js` and `kernel.wasm`. @param port 0 for any. */
export async function startServerInChild(
  port = 0,
  { server = {}, nodeFlags = [] }: ChildOptions = {},
): Promise<ChildServer> {
  const pageFolder = await mkdtemp(join(tmpdir(), 'leafcutter-page-'));
  await mkdir(join(pageFolder, 'assets'));
  await writeFile(join(pageFolder, 'index.html'), '<!doctype html><title>Leafcutter</title>');
  await writeFile(join(pageFolder, 'assets', 'app-1a2b.js'), 'export {};');
  await writeFile(join(pageFolder, 'kernel.wasm'), new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
  bundled ??= bundle();
  const script = await bundled;
  const child = spawn(
    process.execPath,
    [...nodeFlags, '--input-type=module', '-', pageFolder, String(port), JSON.stringify(server)],
    { cwd: projectFolder, stdio: ['pipe', 'pipe', 'pipe'] },
  );
  child.stdin.end(script);
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  const isAlive = (): boolean => child.exitCode === null && child.signalCode === null;
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (isAlive()) {
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    }
    await rm(pageFolder, { recursive: true, force: true });
    return child.exitCode;
  };
  return {
    port: await printedPort(child, () => log),
    get isAlive() {
      return isAlive();
    },
    pid: child.pid ?? 0,
    get log() {
      return log;
    },
    async kill() {
      await end('SIGKILL');
    },
    terminate: () => end('SIGTERM'),
  };
}

function printedPort(child: ChildProcess, log: () => string): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const port = /^port (\d+)$/m.exec(text)?.[1];
      if (port) resolve(Number(port));
    });
    child.once('exit', (code) =>
      reject(new Error(`the server ended with ${code} before it listened: ${log()}`)),
    );
  });
}
