/**
 * The registry's sockets: a client registers on this one point and is told from it who else is in its network, at once
 * and on every change. What a client sends is bounded in size and rate, counted when malformed, and never believed
 * further than its own entry.
 */
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import {
  MAX_INSTANCES_PER_NETWORK,
  MAX_REGISTRY_REQUEST_BYTES,
  parseRegistryRequest,
  type RegistryReply,
} from '../src/wire/index.ts';
import { Instances } from './instances.ts';
import { TokenBucket } from './token-bucket.ts';

/** A client registers once and pings every 20 s; the rest is room for clumsy ones. */
const BURST_MESSAGES = 20;
const MESSAGES_PER_SECOND = 2;
/** Junk from one socket before it is closed. */
const MAX_MALFORMED = 5;
/** A client that does not read is cut off before it costs more memory than this. */
const MAX_UNREAD_BYTES = 1024 * 1024;
/** WebSocket close code: the peer broke the policy (RFC 6455 section 7.4.1). */
const POLICY_VIOLATION = 1008;
const TRY_AGAIN_LATER = 1013;

export interface RegistryStats {
  readonly instances: number;
  readonly networks: number;
  /** Malformed or too frequent messages since the start. */
  readonly malformed: number;
}

export class Registry {
  /** Takes upgrades through `handleUpgrade`; it listens on nothing by itself. */
  readonly sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_REGISTRY_REQUEST_BYTES,
    perMessageDeflate: false,
  });
  readonly #instances = new Instances<WebSocket>(MAX_INSTANCES_PER_NETWORK);
  readonly #maxClients: number;
  #malformed = 0;

  constructor(maxClients: number) {
    this.#maxClients = maxClients;
    this.sockets.on('connection', (socket) => this.#accept(socket));
  }

  get stats(): RegistryStats {
    return {
      instances: this.#instances.sessionCount,
      networks: this.#instances.networkCount,
      malformed: this.#malformed,
    };
  }

  #accept(socket: WebSocket): void {
    // Too large or broken frames end here: ws closes the socket itself, `close` follows.
    socket.on('error', () => {
      this.#malformed += 1;
    });
    if (this.sockets.clients.size > this.#maxClients) {
      this.#refuse(socket, 'the server has no room for more participants; try again later', TRY_AGAIN_LATER);
      return;
    }
    const bucket = new TokenBucket(BURST_MESSAGES, MESSAGES_PER_SECOND);
    let strikes = 0;
    socket.on('message', (data, isBinary) => {
      const ok = bucket.take(performance.now()) && !isBinary && this.#handle(socket, data);
      if (ok) return;
      this.#malformed += 1;
      strikes += 1;
      if (strikes >= MAX_MALFORMED) this.#refuse(socket, 'too many malformed messages', POLICY_VIOLATION);
    });
    socket.on('close', () => {
      const change = this.#instances.leave(socket);
      if (!change) return;
      for (const other of change.notify) send(other, { type: 'left', id: change.id });
    });
  }

  /** False when the message was not understood. */
  #handle(socket: WebSocket, data: RawData): boolean {
    const request = parseRegistryRequest(data.toString());
    if (!request || socket.readyState !== socket.OPEN) return false;
    switch (request.type) {
      case 'ping':
        send(socket, { type: 'pong' });
        return true;
      case 'register': {
        if (this.#instances.has(socket)) return false;
        const change = this.#instances.register(socket, request.network, request.id);
        if (!change) {
          this.#refuse(socket, 'this network has no room for more participants', TRY_AGAIN_LATER);
          return true;
        }
        send(socket, { type: 'instances', ids: change.others });
        for (const other of change.notify) send(other, { type: 'joined', id: change.id });
        return true;
      }
    }
  }

  #refuse(socket: WebSocket, reason: string, code: number): void {
    send(socket, { type: 'refused', reason });
    socket.close(code);
  }
}

function send(socket: WebSocket, reply: RegistryReply): void {
  if (socket.readyState !== socket.OPEN) return;
  if (socket.bufferedAmount > MAX_UNREAD_BYTES) {
    socket.terminate();
    return;
  }
  socket.send(JSON.stringify(reply));
}
