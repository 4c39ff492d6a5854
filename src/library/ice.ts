/** STUN and TURN servers for the connections of a Node: those that its application names, else those that the signaling server does. */
import { LeafcutterError, systemRandom as random, systemTimers as timers } from '../runtime/index.ts';
import { type IceConfiguration, readIceServer, ServedIce } from '../transport/peerjs/index.ice.ts';

/** The first connections need them. A server that does not answer is not waited for longer than this. */
const MAX_WAIT_MS = 3_000;

export interface Ice {
  current(): IceConfiguration;
  close(): void;
}

export interface IceWait {
  /** How long the caller would wait for the server's answer, ms. */
  readonly waitMs: number;
  /** Ends the wait. */
  readonly signal: AbortSignal | undefined;
}

/** Resolves when they are known, or will not be soon. @throws LeafcutterError `bad-ice-server` */
export async function iceFor(
  servers: readonly RTCIceServer[] | undefined,
  server: URL,
  { waitMs, signal }: IceWait,
): Promise<Ice> {
  if (servers !== undefined) {
    checkIceServers(servers);
    const configuration: IceConfiguration = { iceServers: servers, iceTransportPolicy: 'all' };
    return { current: () => configuration, close: () => undefined };
  }
  const served = new ServedIce({ server, timers, random });
  let stopWaiting = (): void => undefined;
  const late = new Promise<void>((resolve) => {
    const cancel = timers.after(signal?.aborted ? 0 : Math.min(MAX_WAIT_MS, waitMs), resolve);
    const abort = (): void => resolve();
    signal?.addEventListener('abort', abort);
    stopWaiting = () => {
      cancel();
      signal?.removeEventListener('abort', abort);
    };
  });
  await Promise.race([served.start(), late]);
  stopWaiting();
  return { current: () => served.current, close: () => served.close() };
}

/** A browser and libdatachannel find out with the first connection only, and then there is never one: the Node would be alone for good. */
function checkIceServers(servers: unknown): void {
  if (Array.isArray(servers) && servers.every((server) => readIceServer(server).length > 0)) return;
  throw new LeafcutterError(
    'bad-ice-server',
    "iceServers is a list like [{ urls: 'stun:host:3478' }]; a TURN server needs username and credential, too",
  );
}
