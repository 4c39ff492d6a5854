/**
 * Ports that stay free while nobody listens on them, as a server's that is to come back and a program's that takes none that the system
 * chose: those that the system gives to outgoing connections, which tabs open by the dozen, lie above.
 */
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { HERE } from './node-process.ts';

/** Above the services that machines have. */
const LOWEST = 20_000;
/** Where the system gives out others than these, or does not say which: Linux' own default. */
const USUAL_END = 32_768;

/** The first port that the system gives to outgoing connections. */
function endOfLasting(): number {
  try {
    const first = Number.parseInt(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8'), 10);
    return first > LOWEST ? first : USUAL_END;
  } catch {
    return USUAL_END;
  }
}

const LISTENERS = {
  async tcp(port: number) {
    const server = createServer().listen(port, HERE.host);
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
  },
  async udp(port: number) {
    const socket = createSocket('udp4').bind(port, HERE.host);
    await once(socket, 'listening');
    socket.close();
    await once(socket, 'close');
  },
};

/** One that nobody listens on, another each time: files of tests run beside each other. */
export async function lastingPort(protocol: keyof typeof LISTENERS = 'tcp'): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, endOfLasting());
    try {
      await LISTENERS[protocol](port);
      return port;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
}
