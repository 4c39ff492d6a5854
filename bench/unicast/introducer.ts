/**
 * What PeerJS's clients need to find each other: a socket for each id, and messages passed on by it. Leafcutter's own server asks
 * every id for a proof, which PeerJS as its documentation shows it has none of.
 */
import { once } from 'node:events';
import { type WebSocket, WebSocketServer } from 'ws';

export interface Introducer {
  readonly port: number;
  close(): void;
}

export async function startIntroducer(): Promise<Introducer> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  const sockets = new Map<string, WebSocket>();
  server.on('connection', (socket, { url = '' }) => {
    const id = new URL(url, 'ws://127.0.0.1').searchParams.get('id') ?? '';
    sockets.set(id, socket);
    socket.on('message', (data) => {
      const message: unknown = JSON.parse(String(data));
      if (typeof message !== 'object' || message === null || !('dst' in message)) return;
      sockets.get(String(message.dst))?.send(JSON.stringify({ ...message, src: id }));
    });
    socket.send(JSON.stringify({ type: 'OPEN' }));
  });
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the introducer has no port');
  return {
    port: address.port,
    close: () => {
      for (const socket of sockets.values()) socket.terminate();
      server.close();
    },
  };
}
