/** A page that knows nothing of us: the official client, over a WebSocket. */
import { wsconnect } from '@nats-io/nats-core';

declare global {
  interface Window {
    wsconnect: typeof wsconnect;
  }
}

window.wsconnect = wsconnect;
