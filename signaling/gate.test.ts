import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../src/runtime/index.ts';
import { Gate } from './gate.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { Rendezvous } from './rendezvous.ts';

let server: Server;
let rendezvous: Rendezvous;
const clients: Socket[] = [];

beforeEach(async () => {
  rendezvous = new Rendezvous({ random: seededRandom(1), now: () => 0, wallNow: () => 0 });
  const gate = new Gate({
    rendezvous,
    limits: DEFAULT_LIMITS,
    origins: { others: new Set(), isProxyTrusted: false },
  });
  server = createServer();
  server.on('upgrade', (request, socket, head) => gate.upgrade(request.url ?? '', request, socket, head));
  await once(server.listen(0, '127.0.0.1'), 'listening');
});

afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
  rendezvous.close();
  server.close();
});

/** A client that never closes its own end. Answers with the status line. */
async function ask(path: string): Promise<string> {
  const { port } = server.address() as AddressInfo;
  const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  clients.push(client);
  client.on('error', () => undefined);
  client.write(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
  const [data] = (await once(client, 'data')) as [Buffer];
  return data.toString().split('\r\n', 1)[0] ?? '';
}

describe('a socket that is refused', () => {
  it('is gone on our side, whether its client closes its own end or not', async () => {
    const closed = new Promise<void>((resolve) => {
      server.once('connection', (socket) => socket.once('close', () => resolve()));
    });
    expect(await ask('/elsewhere')).toBe('HTTP/1.1 404 Not Found');
    await closed;
  });
});
