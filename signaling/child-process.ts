/**
 * Tests start the real server in a process of its own: PeerServer's timers never stop, and a test that it survives
 * hostile frames means little inside the process that sends them. Source files run through Vite's module runner.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface ChildServer {
  readonly port: number;
  readonly isAlive: boolean;
  /** Ends the process at once, as a crash would. */
  kill(): Promise<void>;
}

const projectFolder = fileURLToPath(new URL('..', import.meta.url));

const SCRIPT = `
  import { createServer, createServerModuleRunner } from 'vite';
  const vite = await createServer({ configFile: false, logLevel: 'error', server: { middlewareMode: true, ws: false, watch: null } });
  const { createSignalingServer } = await createServerModuleRunner(vite.environments.ssr, { hmr: false }).import('/signaling/index.ts');
  const [pageFolder, port] = process.argv.slice(1);
  const server = await createSignalingServer({ host: '127.0.0.1', port: Number(port), pageFolder });
  console.log('port ' + server.port);
`;

/** The page it serves is a stand-in: `index.html`, `assets/app-1a2b.js` and `kernel.wasm`. @param port 0 for any. */
export async function startServerInChild(port = 0): Promise<ChildServer> {
  const pageFolder = await mkdtemp(join(tmpdir(), 'leafcutter-page-'));
  await mkdir(join(pageFolder, 'assets'));
  await writeFile(join(pageFolder, 'index.html'), '<!doctype html><title>Leafcutter</title>');
  await writeFile(join(pageFolder, 'assets', 'app-1a2b.js'), 'export {};');
  await writeFile(join(pageFolder, 'kernel.wasm'), new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
  const child = spawn(
    process.execPath,
    ['--input-type=module', '--eval', SCRIPT, '--', pageFolder, String(port)],
    {
      cwd: projectFolder,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const isAlive = (): boolean => child.exitCode === null && child.signalCode === null;
  const listeningPort = await printedPort(child);
  return {
    port: listeningPort,
    get isAlive() {
      return isAlive();
    },
    async kill() {
      if (isAlive()) {
        const exited = once(child, 'exit');
        child.kill('SIGKILL');
        await exited;
      }
      await rm(pageFolder, { recursive: true, force: true });
    },
  };
}

function printedPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const port = /^port (\d+)$/m.exec(text)?.[1];
      if (port) resolve(Number(port));
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${code} before it listened`)));
  });
}
