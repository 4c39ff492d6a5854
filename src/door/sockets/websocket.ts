/** Clients over WebSocket: pages, and whatever a proxy lets through nothing else for. Bytes as over TCP, in binary frames of any cut. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { inFairTurns } from './fair-turns.ts';
import { HTTP_LIMITS, TLS_HANDSHAKE_MS } from './http-limits.ts';
import type { DoorTls } from './tls.ts';
import { LINGER_MS, type Wire, type WireListener } from './wire.ts';

export interface WebSocketRules {
  /** Of pages that may connect, e.g. `https://example.org`; `*` is every page. Programs send none, and are let in. */
  readonly origins: readonly string[];
  /** Pages of the door's own host may, too. */
  readonly isSameOriginWelcome: boolean;
  readonly maxPayloadBytes: number;
}

/** RFC 6455, "a type of data it cannot accept". */
const UNSUPPORTED_DATA = 1003;
/** One frame may hold several messages; clients cut at 32 KiB, or behind one message. */
const FRAME_ROOM_BYTES = 1024 * 1024;

export function webSocketServer(
  tls: DoorTls | undefined,
  rules: WebSocketRules,
  accept: (wire: Wire) => WireListener,
): Server | SecureServer {
  const answer = (_request: IncomingMessage, response: import('node:http').ServerResponse): void => {
    response
      .writeHead(426, { 'Content-Type': 'text/plain', Connection: 'close' })
      .end('A NATS client connects here by WebSocket.\n');
  };
  const server = tls
    ? createSecureServer({ ...HTTP_LIMITS, ...tls, handshakeTimeout: TLS_HANDSHAKE_MS }, answer)
    : createServer(HTTP_LIMITS, answer);
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: rules.maxPayloadBytes + FRAME_ROOM_BYTES,
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    if (!isWelcome(request, rules)) {
      // Not half: it counts as no connection, and might stay for ever.
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n', () => socket.destroy());
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const wire = new WebSocketWire(webSocket, request.socket);
      wire.listen(accept(wire));
    });
  });
  return server;
}

function isWelcome({ headers: { origin, host } }: IncomingMessage, rules: WebSocketRules): boolean {
  if (origin === undefined || rules.origins.includes('*') || rules.origins.includes(origin)) return true;
  return rules.isSameOriginWelcome && URL.canParse(origin) && new URL(origin).host === host;
}

class WebSocketWire implements Wire {
  readonly kind = 'websocket';
  readonly ip: string;
  readonly port: number;
  readonly tlsVersion: string | undefined;
  readonly #socket: WebSocket;
  #isPaused = false;

  constructor(socket: WebSocket, tcp: Socket) {
    this.#socket = socket;
    this.ip = tcp.remoteAddress ?? '';
    this.port = tcp.remotePort ?? 0;
    this.tlsVersion = tcp instanceof TLSSocket ? (tcp.getProtocol() ?? undefined) : undefined;
    tcp.setNoDelay(true);
  }

  get pendingBytes(): number {
    return this.#socket.bufferedAmount;
  }

  listen(listener: WireListener): void {
    let reason = 'Client Closed';
    this.#socket.on('error', (error) => {
      reason = `Read Error: ${error.message}`;
    });
    this.#socket.on('close', () => listener.closed(reason));
    const read = inFairTurns((chunk) => listener.bytes(chunk), {
      pause: () => this.#socket.pause(),
      resume: () => {
        if (!this.#isPaused) this.#socket.resume();
      },
    });
    this.#socket.on('message', (data: RawData, isBinary: boolean) => {
      // Frames may still come from one that was told goodbye.
      if (this.#socket.readyState !== this.#socket.OPEN) return;
      if (!isBinary) {
        reason = 'Text Frame';
        this.#close(UNSUPPORTED_DATA, 'NATS is spoken in binary frames');
      } else if (data instanceof Uint8Array) {
        read(data);
      }
    });
  }

  write(pieces: readonly Uint8Array[], onOut: () => void): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const last = pieces.length - 1;
    for (const [index, piece] of pieces.entries()) {
      if (index < last) this.#socket.send(piece);
      else this.#socket.send(piece, (error) => error ?? onOut());
    }
  }

  pause(): void {
    this.#isPaused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#socket.resume();
  }

  end(): void {
    this.#close();
  }

  #close(code?: number, reason?: string): void {
    // Its goodbye is to be heard.
    this.resume();
    this.#socket.close(code, reason);
    setTimeout(() => this.#socket.terminate(), LINGER_MS).unref();
  }

  destroy(): void {
    this.#socket.terminate();
  }
}
