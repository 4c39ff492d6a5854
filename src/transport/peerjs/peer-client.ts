/**
 * A PeerJS Peer that outlives its server, and whose signals need no server. Left to itself a Peer gives up its id when the socket drops, refuses to connect
 * from then on, and destroys itself with all connections when the server answers with an error. So its socket's events
 * come here first: what PeerJS should know is passed on, and the socket is started again, with the same id and token,
 * for as long as it takes. What it sends comes here, too: the signals of a connection that goes by the mesh leave as events.
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
import type { NodeId, Signal } from '../../wire/index.ts';
import type { SignalWay } from '../contract.ts';
import { Backoff } from './backoff.ts';
import { CONNECT_OPTIONS, messageForPeerJs, signalFromPeerJs } from './peer-signals.ts';
import type { IceConfiguration } from './served-ice.ts';
import type { ServerAddress } from './server-address.ts';
import { readServerMessage } from './server-messages.ts';

export interface PeerClientEvents {
  online: undefined;
  /** The socket is gone or was refused; another attempt follows by itself. Connections live on. */
  offline: { readonly reason: string };
  /** Somebody connects to us; not open yet. */
  incoming: { readonly peer: NodeId; readonly connection: DataConnection; readonly way: SignalWay };
  /** To be carried by the mesh. */
  signal: { readonly to: NodeId; readonly signal: Signal };
  /** The peer does not take this call of ours. */
  refused: { readonly peer: NodeId; readonly connectionId: string };
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
  /** To PeerJS's own listener. */
  #passOn: (message: unknown) => void = () => undefined;
  /** How the offer came that PeerJS is given now. */
  #arrivingBy: SignalWay = 'rendezvous';
  #isOnline = false;
  /** By which way the signals of a connection go. */
  readonly #ways = new WeakMap<object, SignalWay>();
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
      const way = this.#arrivingBy;
      this.#ways.set(connection, way);
      this.events.emit('incoming', { peer: connection.peer as NodeId, connection, way });
    });
    const { socket } = peer;
    const listeners = socket.listeners('message');
    this.#passOn = (message) => {
      for (const listener of listeners) listener(message);
    };
    socket.removeAllListeners();
    socket.on('message', (message: unknown) => this.#receive(peer, message, 'rendezvous'));
    const toServer = socket.send.bind(socket);
    socket.send = (message: unknown) => {
      if (!this.#sendByMesh(peer, message)) toServer(message);
    };
    socket.on('disconnected', () => this.#lost('the connection to the server closed'));
    this.#awaitOpen();
  }

  /** A connection under way, or `undefined` while nothing can carry its signals. */
  connect(peer: NodeId, way: SignalWay): DataConnection | undefined {
    if (!this.#peer || (way === 'rendezvous' && !this.#isOnline)) return undefined;
    try {
      const connection = this.#peer.connect(peer, CONNECT_OPTIONS);
      this.#ways.set(connection, way); // its offer is made in a later task
      return connection;
    } catch (error) {
      reportError('the browser opens no further connection', error);
      return undefined;
    }
  }

  /** The mesh brought this. */
  receiveSignal(from: NodeId, signal: Signal): void {
    if (signal.kind === 'hang-up')
      this.events.emit('refused', { peer: from, connectionId: signal.connection });
    else if (this.#peer) this.#receive(this.#peer, messageForPeerJs(from, signal), 'mesh');
  }

  /** Turns away a connection that somebody began; where the mesh brought it, its caller is told. */
  refuse(peer: NodeId, connection: DataConnection): void {
    const { connectionId } = connection;
    if (this.#ways.get(connection) === 'mesh') {
      const signal: Signal = { kind: 'hang-up', connection: connectionId, text: '' };
      this.events.emit('signal', { to: peer, signal });
    }
    connection.close();
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

  #receive(peer: Peer, raw: unknown, way: SignalWay): void {
    const message = readServerMessage(raw);
    if (!message) {
      log('debug', `a message by the ${way} that makes no sense; dropped`);
      return;
    }
    switch (message.kind) {
      case 'open':
        this.#cancelWait();
        this.#backoff.reset();
        this.#isOnline = true;
        this.#passOn(raw);
        this.events.emit('online', undefined);
        return;
      case 'refused':
        this.#lost(message.reason);
        return;
      case 'unavailable':
        this.events.emit('unavailable', message.peer);
        return;
      case 'offer':
        // PeerJS would close the connection of which it gets the offer again.
        if (peer.getConnection(message.from, message.connectionId)) return;
        this.#arrivingBy = way;
        this.#guarded(raw);
        return;
      case 'signal': {
        // PeerJS would keep signals for connections that are gone, for ever.
        const connection = peer.getConnection(message.from, message.connectionId);
        if (connection?.peerConnection && this.#ways.get(connection) === way) this.#guarded(raw);
        return;
      }
    }
  }

  #guarded(message: unknown): void {
    try {
      this.#passOn(message);
    } catch (error) {
      reportError('PeerJS failed on a signal', error);
    }
  }

  /** False when it is for the server. */
  #sendByMesh(peer: Peer, message: unknown): boolean {
    const said = signalFromPeerJs(message);
    const connection = said && peer.getConnection(said.to, said.signal.connection);
    if (!said || !connection || this.#ways.get(connection) !== 'mesh') return false;
    this.events.emit('signal', said);
    return true;
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
