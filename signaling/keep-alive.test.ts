import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { keepAlive } from './keep-alive.ts';

it('ends the sockets that do not answer a ping and keeps the others', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sockets = new WebSocketServer({ server });
  const stop = keepAlive(sockets, 20);
  const address = server.address();
  const url = `ws://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const alive = new WebSocket(url);
  const mute = new WebSocket(url, { autoPong: false });
  let pings = 0;
  alive.on('ping', () => {
    pings += 1;
  });
  await Promise.all([once(alive, 'open'), once(mute, 'open')]);
  await once(mute, 'close');
  expect(pings).toBeGreaterThan(0);
  expect(alive.readyState).toBe(WebSocket.OPEN);
  stop();
  alive.terminate();
  sockets.close();
  server.close();
});
