/**
 * What the commands that take an invite have in common: a headless Node that joins by it, works, and says goodbye, also when it is told to
 * stop, so that the others see it leave at once. The invite is never printed.
 */
import { hostname } from 'node:os';
import { Argument, type Command, InvalidArgumentError } from 'commander';
import { deviceAttributes } from '../farm/index.ts';
import type { Mesh } from '../library/index.node.ts';
import { CancelledError, type LogSink, setLogSink } from '../runtime/index.ts';
import type { Broker, PubSub } from '../services/pubsub/index.ts';
import { withStopSignals } from './stop-signals.ts';

export interface MeshOptions {
  readonly server: string | undefined;
  readonly name: string;
  /** Seconds. */
  readonly timeout: number;
}

const DEFAULT_TIMEOUT_S = 10;
const MAX_SECONDS = 86_400;

export function addMeshOptions(command: Command): Command {
  return addPresenceOptions(
    command.addArgument(
      new Argument('<invite>', 'the link that the page shows, in quotes; or the part after # with --server'),
    ),
  );
}

/** Those without the invite. */
export function addPresenceOptions(command: Command): Command {
  return command
    .option('--server <url>', 'the server to meet at, where the link does not say it')
    .option('--as, --name <name>', 'how the others see this Node', hostname())
    .option(
      '--timeout <seconds>',
      'how long to wait for the server, and for a Node',
      seconds,
      DEFAULT_TIMEOUT_S,
    );
}

/** The end of every command's help. */
export const EXIT_CODES = `
Exit codes: 0 done, 1 not done (one line on stderr says why), 130 stopped by Ctrl+C, 143 by SIGTERM, 129 by a terminal that was closed.`;

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
  /** For what brings clients of its own. */
  readonly broker: Broker;
  readonly pubsub: PubSub;
  /** Aborts when the process is told to stop; its reason is the StopSignal's name. */
  readonly signal: AbortSignal;
}

export interface Presence {
  /** What the others see. */
  readonly workers?: number;
  readonly cores?: number;
  /** What the mesh says while it runs. Default: errors, on standard error. */
  readonly log?: LogSink;
  /** Of what is published on this Node. */
  readonly maxPayloadBytes?: number;
}

/**
 * @param work resolves with the exit code. One that only ends by being stopped resolves with 0 when `signal` aborts; what it rejects with then
 * is not told.
 * @throws LeafcutterError for what a person can mend
 */
export async function withMesh(
  invite: string,
  { server, name, timeout }: MeshOptions,
  work: (context: MeshWork) => Promise<number>,
  { workers = 0, cores = 1, log = onlyErrors, maxPayloadBytes }: Presence = {},
): Promise<void> {
  setLogSink(log);
  await withStopSignals(async (signal) => {
    try {
      // Only now: the other commands start sooner, and run where WebRTC has no binary.
      const { joinNetwork, openBroker } = await import('./joined-mesh.ts');
      const mesh = await joinNetwork(invite, {
        ...(server !== undefined && { signaling: server }),
        info: deviceAttributes({ name, cores, workers, platform: 'terminal' }),
        signal,
        timeoutMs: 1000 * timeout,
      });
      try {
        // At once: others wait for what a newcomer wants.
        const { broker, pubsub } = openBroker(mesh, maxPayloadBytes);
        process.exitCode = await work({ mesh, broker, pubsub, signal });
        await broker.told();
      } finally {
        await mesh.close();
      }
    } catch (error) {
      if (!signal.aborted || !(error instanceof CancelledError)) throw error;
    }
  });
}

const onlyErrors: LogSink = (level, text) => {
  if (level === 'error') console.error(`leafcutter: ${text}`);
};
