/**
 * A PeerJS Peer that outlives its server. Left to itself a Peer gives up its id when the socket drops, refuses to connect
 * from then on, and destroys itself with all connections when the server answers with an error. So its socket's events
 * come here first: what PeerJS should know is passed on, and the socket is started again, with the same id and token,
 * for as long as it takes.
 */
import { type DataConnection, Peer } from 'peerjs';
import {
  Emitter,
  log,
  messageOf,
  type Random,
  reportError,
  type Timers,
  toHex,
} from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { Backoff } from './backoff.ts';
import type { IceConfiguration } from './served-ice.ts';
import type { ServerAddress } from './server-address.ts';
import { readServerMessage } from './server-messages.ts';

export interface PeerClientEvents {
  online: undefined;
  /** The socket is gone or was refused; another attempt follows by itself. Connections live on. */
  offline: { readonly reason: string };
  /** Somebody connects to us; not open yet. */
  incoming: { readonly peer: NodeId; readonly connection: DataConnection };
  /** The server does not know the peer that we tried to connect to. */
  unavailable: NodeId;
}

export interface PeerClientOptions {
  readonly self: NodeId;
  readonly server: ServerAddress;
  /** Asked for every connection. */
  readonly ice: () => IceConfiguration;
  readonly timers: Timers;
  readonly random: Random;
}

/** From opening the socket to the server's OPEN. */
const OPEN_TIMEOUT_MS = 10_000;

export class PeerClient {
  readonly events = new Emitter<PeerClientEvents>();
  readonly #options: PeerClientOptions;
  readonly #backoff: Backoff;
  /** Proves to PeerServer that a socket that comes back is ours. */
  readonly #token: string;
  #peer: Peer | undefined;
  #isOnline = false;
  #cancelWait: () => void = () => undefined;

  constructor(options: PeerClientOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.random);
    this.#token = toHex(options.random.bytes(16));
  }

  get isOnline(): boolean {
    return this.#isOnline;
  }

  start(): void {
    if (this.#peer) return;
    const { self, server, ice } = this.#options;
    const peer = new Peer(self, {
      host: server.host,
      port: server.port,
      path: server.path,
      secure: server.secure,
      token: this.#token,
      // PeerJS hands this object to each RTCPeerConnection, which reads it then.
      config: {
        get iceServers() {
          return [...ice().iceServers];
        },
        get iceTransportPolicy() {
          return ice().iceTransportPolicy;
        },
      },
      debug: 0,
    });
    this.#peer = peer;
    peer.on('error', (error) => log('debug', `PeerJS: ${messageOf(error)}`));
    peer.on('connection', (connection) => {
      // The guard below let only offers of valid ids through.
      this.events.emit('incoming', { peer: connection.peer as NodeId, connection });
    });
    const { socket } = peer;
    const passOn = socket.listeners('message');
    socket.removeAllListeners();
    socket.on('message', (message: unknown) => {
      this.#receive(peer, message, () => {
        for (const listener of passOn) listener(message);
      });
    });
    socket.on('disconnected', () => this.#lost('the connection to the server closed'));
    this.#awaitOpen();
  }

  /** A connection under way, or `undefined` while the server is away. */
  connect(peer: NodeId): DataConnection | undefined {
    if (!this.#isOnline || !this.#peer) return undefined;
    try {
      return this.#peer.connect(peer, { serialization: 'raw', reliable: true, label: 'frames' });
    } catch (error) {
      reportError('the browser opens no further connection', error);
      return undefined;
    }
  }

  /** Gives the socket up and opens a new one: for a server that is known to have stopped answering. */
  restart(reason: string): void {
    if (this.#peer && this.#isOnline) this.#lost(reason);
  }

  /** Leaves the server for good; no event after it. Close the connections first: PeerJS would leave half of them open. */
  close(): void {
    this.events.clear();
    this.#cancelWait();
    this.#isOnline = false;
    this.#peer?.destroy();
    this.#peer = undefined;
  }

  #receive(peer: Peer, raw: unknown, passOn: () => void): void {
    const message = readServerMessage(raw);
    if (!message) {
      log('debug', 'PeerServer sent a message that makes no sense; dropped');
      return;
    }
    switch (message.kind) {
      case 'open':
        this.#cancelWait();
        this.#backoff.reset();
        this.#isOnline = true;
        passOn();
        this.events.emit('online', undefined);
        return;
      case 'refused':
        this.#lost(message.reason);
        return;
      case 'unavailable':
        this.events.emit('unavailable', message.peer);
        return;
      case 'offer':
        this.#guarded(passOn);
        return;
      case 'signal':
        // PeerJS would keep signals for connections that are gone, for ever.
        if (peer.getConnection(message.from, message.connectionId)?.peerConnection) this.#guarded(passOn);
        return;
    }
  }

  #guarded(passOn: () => void): void {
    try {
      passOn();
    } catch (error) {
      reportError('PeerJS failed on a message of the server', error);
    }
  }

  #awaitOpen(): void {
    this.#cancelWait();
    this.#cancelWait = this.#options.timers.after(OPEN_TIMEOUT_MS, () =>
      this.#lost('the server does not answer'),
    );
  }

  #lost(reason: string): void {
    const peer = this.#peer;
    if (!peer) return;
    this.#isOnline = false;
    peer.socket.close();
    this.#cancelWait();
    this.#cancelWait = this.#options.timers.after(this.#backoff.next(), () => {
      this.#awaitOpen();
      peer.socket.start(this.#options.self, this.#token);
    });
    this.events.emit('offline', { reason });
  }
}
