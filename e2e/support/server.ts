/** Starts what a user starts, the terminal's commands, `leafcutter serve` first of all. Needs a build. */
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endProcess, HERE, type NodeProcess, type Place, printedUrl, startNode } from './node-process.ts';

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

/** @param port 0 for any free one. @param options further ones of `serve`. @param place where it runs */
export async function startServer(
  port = 0,
  options: readonly string[] = [],
  place: Place = HERE,
): Promise<RunningServer> {
  const child = startCommand(['serve', '--port', String(port), '--host', place.host, ...options], {}, place);
  const url = await printedUrl(child);
  return {
    port: Number(new URL(url).port),
    url,
    async stop(signal = 'SIGINT') {
      await endProcess(child, signal);
      return child.exitCode;
    },
    freeze: () => child.kill('SIGSTOP'),
    thaw: () => child.kill('SIGCONT'),
    kill: () => endProcess(child, 'SIGKILL'),
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

/** What commands keep where nothing else is said: with what tests leave, not with what this user has. */
const STATE_FOLDER = join(tmpdir(), 'leafcutter-e2e-state');

/** A command of the terminal that goes on. */
export const startCommand = (
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  place: Place = HERE,
): NodeProcess => startNode(place, ['bin/leafcutter.js', ...args], { XDG_STATE_HOME: STATE_FOLDER, ...env });
