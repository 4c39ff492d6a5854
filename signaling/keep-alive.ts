/**
 * Finds sockets whose other end is gone without a word (a laptop closed, a cable pulled): pings each one and ends those
 * that did not answer the ping before. Browsers answer from their network process, hidden and frozen tabs included.
 */
import type { WebSocket, WebSocketServer } from 'ws';

/** A dead entry goes within two of these. */
const PING_INTERVAL_MS = 15_000;

/** Returns what stops it. */
export function keepAlive(sockets: WebSocketServer): () => void {
  const timer = setInterval(pingRound(sockets), PING_INTERVAL_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** One round: ends the sockets that were silent since the last one and pings the others. */
export function pingRound(sockets: WebSocketServer): () => void {
  const silent = new WeakSet<WebSocket>();
  sockets.on('connection', (socket) => {
    socket.on('pong', () => silent.delete(socket));
  });
  return () => {
    for (const socket of sockets.clients) {
      if (silent.has(socket)) {
        socket.terminate();
        continue;
      }
      silent.add(socket);
      socket.ping();
    }
  };
}
