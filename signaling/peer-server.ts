/**
 * PeerServer, mounted and fenced. PeerServer trusts its sockets, so it is given guarded ones: only frames it can handle
 * reach it, at a bounded rate, and what it sends is bounded by what the client reads. It also stays silent when a client
 * comes back with its token while the old socket is still held; the guard then says OPEN in its place. And it keeps what is
 * sent to Nodes that are not there, without a bound; the guard lets it have little of that.
 */
import { EventEmitter } from 'node:events';
import type { Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { Express } from 'express';
import { ExpressPeerServer, type IClient } from 'peer';
import { type WebSocket, WebSocketServer } from 'ws';
import { log, messageOf } from '../src/runtime/index.ts';
import { parsePeerFrame } from './peer-frames.ts';
import { TokenBucket } from './token-bucket.ts';

/** Where PeerJS clients find it: `path: '/peerjs'`, and PeerJS adds its own `/peerjs`. */
const PEER_MOUNT = '/peerjs';
export const PEER_SOCKET_PATH = '/peerjs/peerjs';
export const PEER_KEY = 'peerjs';

/** An offer with all its candidates is below 10 KiB. */
const MAX_FRAME_BYTES = 64 * 1024;
/** Joining a network of eight sends about 100 frames at once; a larger one is met neighbour by neighbour. */
const BURST_FRAMES = 1_000;
const FRAMES_PER_SECOND = 100;
const MAX_MALFORMED = 20;
const MAX_UNREAD_BYTES = 4 * 1024 * 1024;
/** Hidden tabs may beat once a minute only; 60 s timeouts are known to cut them off. */
const ALIVE_TIMEOUT_MS = 120_000;
const POLICY_VIOLATION = 1008;
/** PeerServer keeps frames to Nodes that are not there for six seconds: so much of one client, some offers with candidates. */
const MAX_KEPT_BYTES_PER_CLIENT = 512 * 1024;
/** And so much of all. */
const MAX_KEPT_BYTES = 32 * 1024 * 1024;
const KEPT_FOR_SECONDS = 6;

export interface PeerServerStats {
  readonly peers: number;
  readonly malformed: number;
}

export class PeerServerMount {
  /** Takes upgrades through `handleUpgrade`; it listens on nothing by itself. */
  readonly sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
  });
  /** The only thing PeerServer knows of the network: it hears `connection` here. */
  readonly #inside = new WebSocketServer({ noServer: true });
  readonly #present = new Set<string>();
  readonly #kept = new TokenBucket(MAX_KEPT_BYTES, MAX_KEPT_BYTES / KEPT_FOR_SECONDS);
  readonly #held = new WeakMap<IClient, ReturnType<IClient['getSocket']>>();
  #malformed = 0;

  constructor(app: Express, server: Server | SecureServer, maxClients: number) {
    const peerServer = ExpressPeerServer(server, {
      path: '/',
      key: PEER_KEY,
      allow_discovery: false,
      alive_timeout: ALIVE_TIMEOUT_MS,
      concurrent_limit: maxClients,
      corsOptions: { origin: false },
      createWebSocketServer: () => this.#inside,
    });
    peerServer.disable('x-powered-by');
    // Without this listener one malformed frame ends the process. Errors may quote frames, so they are never logged whole.
    peerServer.on('error', (error) => {
      this.#malformed += 1;
      log('debug', `PeerServer: ${messageOf(error).slice(0, 80)}`);
    });
    peerServer.on('connection', (client) => this.#onClient(client));
    peerServer.on('disconnect', (client) => this.#present.delete(client.getId()));
    app.use(PEER_MOUNT, peerServer);
    this.sockets.on('connection', (socket, request) => {
      this.#inside.emit('connection', this.#guard(socket), request);
    });
  }

  get stats(): PeerServerStats {
    return { peers: this.sockets.clients.size, malformed: this.#malformed };
  }

  #onClient(client: IClient): void {
    this.#present.add(client.getId());
    const previous = this.#held.get(client);
    this.#held.set(client, client.getSocket());
    if (!previous) return;
    client.send({ type: 'OPEN' });
    previous.close();
  }

  /** The part of a WebSocket that PeerServer uses: `on`, `send`, `close`. */
  #guard(socket: WebSocket): EventEmitter {
    const bucket = new TokenBucket(BURST_FRAMES, FRAMES_PER_SECOND);
    const kept = new TokenBucket(MAX_KEPT_BYTES_PER_CLIENT, MAX_KEPT_BYTES_PER_CLIENT / KEPT_FOR_SECONDS);
    let strikes = 0;
    const guarded = Object.assign(new EventEmitter(), {
      send: (text: string): void => {
        if (socket.readyState !== socket.OPEN) return;
        if (socket.bufferedAmount > MAX_UNREAD_BYTES) socket.terminate();
        else socket.send(text);
      },
      close: (): void => socket.close(),
    });
    // A broken frame: ws closes the socket itself, `close` follows.
    socket.on('error', () => {
      this.#malformed += 1;
    });
    socket.on('close', () => guarded.emit('close'));
    socket.on('message', (data, isBinary) => {
      const text = isBinary ? '' : data.toString();
      const now = performance.now();
      const frame = bucket.take(now) ? parsePeerFrame(text) : undefined;
      if (frame) {
        const isKept = frame.type === 'signal' && !this.#present.has(frame.target);
        if (!isKept || (kept.take(now, text.length) && this.#kept.take(now, text.length))) {
          guarded.emit('message', text);
        } else {
          // What PeerServer would say in six seconds.
          guarded.send(JSON.stringify({ type: 'EXPIRE', src: frame.target }));
        }
        return;
      }
      this.#malformed += 1;
      strikes += 1;
      if (strikes >= MAX_MALFORMED) socket.close(POLICY_VIOLATION, 'malformed frames');
    });
    return guarded;
  }
}
