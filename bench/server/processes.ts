/** The processes of the bench: the server's own figures come from /proc, its clients live in others. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { CrowdOptions, CrowdReport } from './crowd.ts';

const projectFolder = fileURLToPath(new URL('../..', import.meta.url));

const SCRIPT = `
  import { createServer, createServerModuleRunner } from 'vite';
  const vite = await createServer({ configFile: false, logLevel: 'error', server: { middlewareMode: true, ws: false, watch: null } });
  const { runCrowd, runAttacker } = await createServerModuleRunner(vite.environments.ssr, { hmr: false }).import('/bench/server/crowd.ts');
  const { crowd, attack } = JSON.parse(process.argv[1]);
  if (crowd) runCrowd(crowd, (report) => process.send(report));
  if (attack) runAttacker(attack);
`;

export class Crowd {
  readonly #children: ChildProcess[] = [];
  readonly #reports: CrowdReport[] = [];
  #wake: () => void = () => undefined;

  add(options: CrowdOptions): void {
    const index = this.#reports.push({ online: 0, atMs: 0 }) - 1;
    const child = launch({ crowd: options });
    child.on('message', (report) => {
      this.#reports[index] = report as CrowdReport;
      this.#wake();
    });
    this.#children.push(child);
  }

  get online(): number {
    return this.#reports.reduce((sum, { online }) => sum + online, 0);
  }

  /** Resolves with when it became so. */
  async until(isSo: (online: number) => boolean): Promise<number> {
    while (!isSo(this.online)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return Math.max(...this.#reports.map(({ atMs }) => atMs));
  }

  async close(): Promise<void> {
    await Promise.all(this.#children.map(kill));
  }
}

/** Returns what ends it. */
export function startAttacker(port: number): () => Promise<void> {
  const child = launch({ attack: port });
  return () => kill(child);
}

function launch(what: { readonly crowd?: CrowdOptions; readonly attack?: number }): ChildProcess {
  return spawn(process.execPath, ['--input-type=module', '--eval', SCRIPT, '--', JSON.stringify(what)], {
    cwd: projectFolder,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** Resident memory, KiB. */
export async function residentKib(pid: number): Promise<number> {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

/** Processor time so far, ms; a tick is 10 ms. */
export async function cpuMs(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
  return 10 * (Number(fields[11]) + Number(fields[12]));
}
