/** Starts what a user starts, the terminal's commands, `leafcutter serve` first of all. Needs a build. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

export interface RunningServer {
  readonly port: number;
  /** The page's address, ending in a slash. */
  readonly url: string;
  /** Ctrl+C, or another polite signal: resolves with the exit code. */
  stop(signal?: 'SIGINT' | 'SIGTERM'): Promise<number | null>;
  /** It takes connections and does nothing, until `thaw`. */
  freeze(): void;
  thaw(): void;
  /** As a crash would end it. */
  kill(): Promise<void>;
}

export interface FinishedCommand {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const projectFolder = fileURLToPath(new URL('../..', import.meta.url));

/** @param port 0 for any free one. @param options further ones of `serve`. @param host the address it listens on */
export async function startServer(
  port = 0,
  options: readonly string[] = [],
  host = '127.0.0.1',
): Promise<RunningServer> {
  const child = startCommand(['serve', '--port', String(port), '--host', host, ...options]);
  const url = await printedUrl(child);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  return {
    port: Number(new URL(url).port),
    url,
    async stop(signal = 'SIGINT') {
      await end(signal);
      return child.exitCode;
    },
    freeze: () => child.kill('SIGSTOP'),
    thaw: () => child.kill('SIGCONT'),
    kill: () => end('SIGKILL'),
  };
}

/** Runs a command of the terminal to its end. */
export async function runCommand(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<FinishedCommand> {
  const child = startCommand(args, env);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  await once(child, 'close');
  return { exitCode: child.exitCode, stdout, stderr };
}

export type RunningCommand = ChildProcessByStdio<null, Readable, Readable>;

/** A command of the terminal that goes on. */
export function startCommand(args: readonly string[], env: NodeJS.ProcessEnv = {}): RunningCommand {
  return spawn(process.execPath, ['bin/leafcutter.js', ...args], {
    cwd: projectFolder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function printedUrl(child: RunningCommand): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const read = (chunk: Buffer): void => {
      text += chunk.toString();
      const url = /https?:\/\/(?:\d+\.\d+\.\d+\.\d+|localhost):\d+\/\S*/.exec(text)?.[0];
      if (url) resolve(url);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => reject(new Error(`leafcutter serve ended with ${code}: ${text}`)));
  });
}
