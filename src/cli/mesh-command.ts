/**
 * What `nodes`, `ping`, `send` and `listen` have in common: a headless Node that joins by an invite, works, and says goodbye, also when it is
 * told to stop, so that the others see it leave at once. The invite is never printed.
 */
import { hostname } from 'node:os';
import { Argument, type Command, InvalidArgumentError } from 'commander';
import { deviceAttributes } from '../farm/index.ts';
import type { Mesh } from '../library/index.node.ts';
import { CancelledError, setLogSink } from '../runtime/index.ts';

export interface MeshOptions {
  readonly server: string | undefined;
  readonly as: string;
  /** Seconds. */
  readonly timeout: number;
}

/** As shells expect it: 128 and the signal's number. */
const STOPPED = { SIGINT: 130, SIGTERM: 143 } as const;
const DEFAULT_TIMEOUT_S = 10;
const MAX_SECONDS = 86_400;

export function addMeshOptions(command: Command): Command {
  return command
    .addArgument(
      new Argument('<invite>', 'the link that the page shows, in quotes; or the part after # with --server'),
    )
    .option('--server <url>', 'the server to meet at, where the link does not say it')
    .option('--as <name>', 'how the others see this Node', hostname())
    .option(
      '--timeout <seconds>',
      'how long to wait for the server, and for a Node',
      seconds,
      DEFAULT_TIMEOUT_S,
    );
}

/** The end of every command's help. */
export const EXIT_CODES = `
Exit codes: 0 done, 1 not done (one line on stderr says why), 130 stopped by Ctrl+C, 143 by SIGTERM.`;

/** For options that count seconds. */
export function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0 && value <= MAX_SECONDS)) {
    throw new InvalidArgumentError(`It is a number of seconds above 0 and at most ${MAX_SECONDS}.`);
  }
  return value;
}

/** For options that count things. */
export function count(text: string): number {
  const value = Number(text);
  if (!/^\d{1,9}$/.test(text) || value < 1) throw new InvalidArgumentError('It is a whole number from 1.');
  return value;
}

export interface MeshWork {
  readonly mesh: Mesh;
  /** Aborts when the process is told to stop. */
  readonly signal: AbortSignal;
}

/**
 * @param work resolves with the exit code. One that only ends by being stopped resolves with 0 when `signal` aborts; what it rejects with then
 * is not told.
 * @throws LeafcutterError for what a person can mend
 */
export async function withMesh(
  invite: string,
  { server, as, timeout }: MeshOptions,
  work: (context: MeshWork) => Promise<number>,
): Promise<void> {
  const abort = new AbortController();
  const stop = (name: NodeJS.Signals): void => {
    process.exitCode = name === 'SIGTERM' ? STOPPED.SIGTERM : STOPPED.SIGINT;
    abort.abort();
  };
  // Once: whoever asks a second time does not want to wait for goodbyes.
  process.once('SIGINT', stop).once('SIGTERM', stop);
  setLogSink((level, text) => {
    if (level === 'error') console.error(`leafcutter: ${text}`);
  });
  const { signal } = abort;
  try {
    // Only now: the other commands run where WebRTC has no binary.
    const { joinNetwork } = await import('../library/index.node.ts');
    const mesh = await joinNetwork(invite, {
      ...(server !== undefined && { signaling: server }),
      info: deviceAttributes({ deviceName: as, cores: 1, workers: 0, platform: 'terminal' }),
      signal,
      timeoutMs: 1000 * timeout,
    });
    try {
      process.exitCode = await work({ mesh, signal });
    } finally {
      await mesh.close();
    }
  } catch (error) {
    if (!signal.aborted || !(error instanceof CancelledError)) throw error;
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}
