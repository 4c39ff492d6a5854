/** STUN and TURN servers for the connections of a Node: those that its application names, else those that the signaling server does. */
import { systemRandom as random, systemTimers as timers } from '../runtime/index.ts';
import { type IceConfiguration, ServedIce } from '../transport/peerjs/index.ice.ts';

/** The first connections need them. A server that does not answer is not waited for. */
const TIMEOUT_MS = 3_000;

export interface Ice {
  current(): IceConfiguration;
  close(): void;
}

/** Resolves when they are known, or will not be soon. Never rejects. */
export async function iceFor(servers: readonly RTCIceServer[] | undefined, server: URL): Promise<Ice> {
  if (servers) {
    const configuration: IceConfiguration = { iceServers: servers, iceTransportPolicy: 'all' };
    return { current: () => configuration, close: () => undefined };
  }
  const served = new ServedIce({ server, timers, random });
  let cancel = (): void => undefined;
  const late = new Promise<void>((resolve) => {
    cancel = timers.after(TIMEOUT_MS, resolve);
  });
  await Promise.race([served.start(), late]);
  cancel();
  return { current: () => served.current, close: () => served.close() };
}
