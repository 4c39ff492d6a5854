import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { pingRound } from './keep-alive.ts';

it('ends the sockets that do not answer a ping and keeps the others', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sockets = new WebSocketServer({ server });
  const round = pingRound(sockets);
  const address = server.address();
  const url = `ws://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const connect = async (options: { autoPong: boolean }): Promise<[WebSocket, WebSocket]> => {
    const client = new WebSocket(url, options);
    const [accepted] = (await once(sockets, 'connection')) as [WebSocket];
    if (client.readyState !== WebSocket.OPEN) await once(client, 'open');
    return [client, accepted];
  };
  const [alive, aliveAtServer] = await connect({ autoPong: true });
  const [mute] = await connect({ autoPong: false });
  const answered = once(aliveAtServer, 'pong');
  round();
  await answered;
  round();
  await once(mute, 'close');
  expect(alive.readyState).toBe(WebSocket.OPEN);
  alive.terminate();
  sockets.close();
  server.close();
});
