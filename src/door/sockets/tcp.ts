/** Clients over TCP. With TLS the first line, INFO, still goes in the clear and says so: that is how NATS' clients know. */
import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { messageOf } from '../../runtime/index.ts';
import { deadline } from './deadline.ts';
import { inFairTurns } from './fair-turns.ts';
import { TLS_HANDSHAKE_MS } from './http-limits.ts';
import type { DoorTls } from './tls.ts';
import { LINGER_MS, type Wire, type WireListener } from './wire.ts';

/** Resolves with what a connection listens with; it is told first, so that INFO is the first thing written. */
type Accept = (wire: Wire) => WireListener;

/** @param accept is given each socket before anything is read of it */
export function tcpServer(tls: DoorTls | undefined, accept: Accept): Server {
  const context = tls && createSecureContext(tls);
  return createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 }, (socket) => {
    const wire = new SocketWire(socket);
    const listener = accept(wire);
    if (tls && context) {
      const secured = new TLSSocket(socket, {
        isServer: true,
        secureContext: context,
        requestCert: tls.ca !== undefined,
        rejectUnauthorized: tls.ca !== undefined,
      });
      wire.secure(secured, listener);
    } else {
      wire.listen(listener);
    }
  });
}

class SocketWire implements Wire {
  readonly kind = 'nats';
  readonly ip: string;
  readonly port: number;
  #socket: Socket;
  #hasClosed = false;
  #isPaused = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.ip = socket.remoteAddress ?? '';
    this.port = socket.remotePort ?? 0;
    // Until somebody listens an error would end the process.
    socket.on('error', () => undefined);
  }

  get pendingBytes(): number {
    return this.#socket.writableLength;
  }

  get tlsVersion(): string | undefined {
    return this.#socket instanceof TLSSocket ? (this.#socket.getProtocol() ?? undefined) : undefined;
  }

  listen(listener: WireListener): void {
    const socket = this.#socket;
    let reason = 'Client Closed';
    socket.on('error', (error) => {
      reason = `Read Error: ${messageOf(error)}`;
    });
    socket.on('close', () => {
      if (this.#hasClosed) return;
      this.#hasClosed = true;
      listener.closed(reason);
    });
    const turns = {
      pause: () => void socket.pause(),
      resume: () => {
        if (!this.#isPaused) socket.resume();
      },
    };
    socket.on(
      'data',
      inFairTurns((chunk) => listener.bytes(chunk), turns),
    );
    if (this.#isPaused) socket.pause();
  }

  secure(secured: TLSSocket, listener: WireListener): void {
    this.#socket = secured;
    const done = deadline(TLS_HANDSHAKE_MS, () => secured.destroy(new Error('TLS handshake timeout')));
    secured.once('secure', done);
    secured.once('close', done);
    this.listen(listener);
  }

  write(pieces: readonly Uint8Array[], onOut: () => void): void {
    if (!this.#socket.writable) return;
    const last = pieces.length - 1;
    if (last > 0) this.#socket.cork();
    for (const [index, piece] of pieces.entries()) {
      if (index < last) this.#socket.write(piece);
      else this.#socket.write(piece, (error) => error ?? onOut());
    }
    if (last > 0) this.#socket.uncork();
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
    const socket = this.#socket;
    socket.end();
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
