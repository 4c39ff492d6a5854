/** Debian's coturn on loopback, with a secret shared as in docs/deploy.md. */
import { execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastingPort } from './ports.ts';

export const TURN_SECRET = 'north';

export interface RunningTurn {
  /** "turn:127.0.0.1:PORT?transport=udp" */
  readonly url: string;
  stop(): Promise<void>;
}

/** Why TURN cannot be tested here; undefined where it can. */
export function coturnProblem(): string | undefined {
  try {
    execFileSync('which', ['turnserver'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'coturn is not installed (Debian: apt-get install coturn)';
  }
}

/**
 * Relays from 127.0.0.2, so that two tabs that both go over it can be told from one that does not.
 * @param options further ones of `turnserver`
 */
export async function startTurn(options: readonly string[] = []): Promise<RunningTurn> {
  const folder = mkdtempSync(join(tmpdir(), 'leafcutter-turn-'));
  const port = await lastingPort('udp');
  const child = spawn(
    'turnserver',
    [
      '-n',
      '--no-cli',
      '--no-tls',
      '--no-dtls',
      '--listening-ip=127.0.0.1',
      `--listening-port=${port}`,
      '--relay-ip=127.0.0.2',
      '--allow-loopback-peers',
      '--use-auth-secret',
      `--static-auth-secret=${TURN_SECRET}`,
      '--realm=leafcutter.test',
      '--log-file=stdout',
      `--pidfile=${folder}/pid`,
      `--userdb=${folder}/db`,
      ...options,
    ],
    { cwd: folder, stdio: 'ignore' },
  );
  await answersStun(port, () => child.exitCode);
  return {
    url: `turn:127.0.0.1:${port}?transport=udp`,
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** It does not say when it listens: STUN binding requests (RFC 8489) are sent until one is answered. */
async function answersStun(port: number, exitCode: () => number | null): Promise<void> {
  const socket = createSocket('udp4');
  const request = Buffer.alloc(20);
  request.writeUInt16BE(1, 0);
  request.writeUInt32BE(0x2112a442, 4);
  const ask = setInterval(() => socket.send(request, port, '127.0.0.1'), 50);
  try {
    await Promise.race([
      once(socket, 'message'),
      new Promise((_, reject) => {
        const watch = setInterval(() => {
          if (exitCode() === null) return;
          clearInterval(watch);
          reject(new Error(`turnserver ended with ${exitCode()} before it listened`));
        }, 50);
        socket.once('message', () => clearInterval(watch));
      }),
    ]);
  } finally {
    clearInterval(ask);
    socket.close();
  }
}
