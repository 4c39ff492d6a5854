/** Processes of Node that a test starts: where, until when, and the address that they print. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

export type NodeProcess = ChildProcessByStdio<null, Readable, Readable>;

/** Where a server runs: its address, and the command that starts others there. */
export interface Place {
  readonly host: string;
  readonly enter: readonly string[];
}

export const HERE: Place = { host: '127.0.0.1', enter: [] };

const projectFolder = fileURLToPath(new URL('../..', import.meta.url));

/** @param args what Node is given: a script and its arguments */
export function startNode(place: Place, args: readonly string[], env: NodeJS.ProcessEnv = {}): NodeProcess {
  const [program = process.execPath, ...rest] = [...place.enter, process.execPath, ...args];
  return spawn(program, rest, {
    cwd: projectFolder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Resolves when it has ended, also if it had before. */
export async function endProcess(child: NodeProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

/** The first address that it prints. @throws Error with what it has printed when it ends before */
export function printedUrl(child: NodeProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const read = (chunk: Buffer): void => {
      text += stripVTControlCharacters(chunk.toString());
      const url = /https?:\/\/(?:\d+\.\d+\.\d+\.\d+|localhost):\d+\/\S*/.exec(text)?.[0];
      if (url) resolve(url);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => reject(new Error(`the process ended with ${code}: ${text}`)));
  });
}
