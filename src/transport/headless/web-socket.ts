/**
 * `ws` as a browser's WebSocket behaves: a failed connection closes, and nobody has to listen to `error`, without which an
 * emitter of Node's would take the process down.
 */
import { WebSocket } from 'ws';

/** The server's longest message is a list of registered Nodes: 4,096 ids of 36 characters. */
const MAX_MESSAGE_BYTES = 1024 * 1024;
const HANDSHAKE_TIMEOUT_MS = 10_000;

export class HeadlessWebSocket extends WebSocket {
  constructor(url: string | URL) {
    super(url, {
      perMessageDeflate: false,
      maxPayload: MAX_MESSAGE_BYTES,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    });
    this.on('error', () => undefined); // `close` follows
  }
}
