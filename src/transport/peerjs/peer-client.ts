/**
 * A PeerJS Peer that outlives its server. Left to itself a Peer gives up its id when the socket drops, refuses to connect
 * from then on, and destroys itself with all connections when the server answers with an error. So its socket's events
 * come here first: what PeerJS should know is passed on, what is about registration goes to the line (server-line.ts), which
 * starts the socket again for as long as it takes.
 */
import { type DataConnection, Peer } from 'peerjs';
import { Emitter, log, messageOf, type Random, reportError, type Timers } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { ServerProver } from '../contract.ts';
import type { ServerAddress } from './server-address.ts';
import { ServerLine } from './server-line.ts';
import { readServerMessage } from './server-messages.ts';
import { SocketStarter } from './socket-starter.ts';

export interface PeerClientEvents {
  /** Somebody connects to us; not open yet. */
  incoming: { readonly peer: NodeId; readonly connection: DataConnection };
  /** The server does not know the peer that we tried to connect to. */
  unavailable: NodeId;
}

export interface PeerClientOptions {
  readonly self: NodeId;
  readonly prover: ServerProver;
  readonly server: ServerAddress;
  /** `networkHash(name)`. */
  readonly network: string;
  readonly iceServers: readonly RTCIceServer[];
  readonly timers: Timers;
  readonly random: Random;
}

/** PeerJS wants one; our server asks for a proof instead. */
const TOKEN = 'none';
/** Never: the server beats, so PeerJS need not. The longest that `setTimeout` takes. */
const PING_INTERVAL_MS = 2 ** 31 - 1;

export class PeerClient {
  readonly events = new Emitter<PeerClientEvents>();
  /** Registration: whether we are online, and who else is there. */
  readonly line: ServerLine;
  readonly #options: PeerClientOptions;
  readonly #starter: SocketStarter;
  #peer: Peer | undefined;

  constructor(options: PeerClientOptions) {
    this.#options = options;
    this.#starter = new SocketStarter(options.server.healthUrl, {
      start: () => this.#peer?.socket.start(options.self, TOKEN),
      fail: () => this.line.disconnected(),
    });
    this.line = new ServerLine({
      ...options,
      socket: {
        start: () => this.#starter.start(),
        stop: () => {
          this.#starter.stop();
          this.#peer?.socket.close();
        },
        send: (message) => this.#peer?.socket.send(message),
      },
    });
  }

  start(): void {
    if (this.#peer) return;
    const { self, server, iceServers } = this.#options;
    const peer = new Peer(self, {
      host: server.host,
      port: server.port,
      path: server.path,
      secure: server.secure,
      token: TOKEN,
      pingInterval: PING_INTERVAL_MS,
      config: { iceServers: [...iceServers] },
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
      if (this.line.receive(message)) return;
      this.#receive(peer, message, () => {
        for (const listener of passOn) listener(message);
      });
    });
    socket.on('disconnected', () => this.line.disconnected());
    this.line.start();
  }

  /** A connection under way, or `undefined` while the server is away. */
  connect(peer: NodeId): DataConnection | undefined {
    if (!this.line.isOnline || !this.#peer) return undefined;
    try {
      return this.#peer.connect(peer, { serialization: 'raw', reliable: true, label: 'frames' });
    } catch (error) {
      reportError('the browser opens no further connection', error);
      return undefined;
    }
  }

  /** Leaves the server for good; no event after it. Close the connections first: PeerJS would leave half of them open. */
  close(): void {
    this.events.clear();
    this.line.close();
    this.#peer?.destroy();
    this.#peer = undefined;
  }

  #receive(peer: Peer, raw: unknown, passOn: () => void): void {
    const message = readServerMessage(raw);
    if (!message) {
      log('debug', 'the server sent a message that makes no sense; dropped');
      return;
    }
    switch (message.kind) {
      case 'open':
        passOn();
        return;
      case 'refused':
        this.line.lost(message.reason);
        return;
      case 'unavailable':
        this.line.forget(message.peer);
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
}
