/**
 * A PeerJS Peer that outlives its server, and whose signals need no server. Left to itself a Peer gives up its id when the socket drops, refuses to connect
 * from then on, and destroys itself with all connections when the server answers with an error. So its socket's events
 * come here first: what PeerJS should know is passed on, what is about registration goes to the line (server-line.ts), which
 * starts the socket again for as long as it takes. What it sends comes here, too: the signals of a connection that goes by the
 * mesh leave as events.
 */
import { type DataConnection, Peer } from 'peerjs';
import { Emitter, log, messageOf, type Random, reportError, type Timers } from '../../runtime/index.ts';
import type { NodeId, Signal, SignalKind } from '../../wire/index.ts';
import type { ServerProver, SignalWay } from '../contract.ts';
import { namesCertificate } from './fingerprints.ts';
import { isFailing } from './path-watch.ts';
import { CONNECT_OPTIONS, messageForPeerJs, signalFromPeerJs } from './peer-signals.ts';
import type { IceConfiguration } from './served-ice.ts';
import type { ServerAddress } from './server-address.ts';
import { ServerLine } from './server-line.ts';
import { readServerMessage } from './server-messages.ts';
import { SocketStarter } from './socket-starter.ts';

/** As SignalWay, or by texts that people carry (text-invites.ts). */
export type ConnectionWay = SignalWay | 'invite';

export interface PeerClientEvents {
  /** Somebody connects to us; not open yet. */
  incoming: { readonly peer: NodeId; readonly connection: DataConnection; readonly way: ConnectionWay };
  /** The offer or answer of a connection has left. */
  described: { readonly to: NodeId; readonly signal: Signal };
  /** To be carried by the mesh. */
  signal: { readonly to: NodeId; readonly signal: Signal };
  /** The peer does not take this call of ours. */
  refused: { readonly peer: NodeId; readonly connectionId: string };
  /** The server does not know the peer that we tried to connect to. */
  unavailable: NodeId;
}

export interface PeerClientOptions {
  readonly self: NodeId;
  readonly prover: ServerProver;
  readonly server: ServerAddress;
  /** `networkHash(name)`. */
  readonly network: string;
  /** Asked for every connection. */
  readonly ice: () => IceConfiguration;
  /** Whether a connection that this peer begins is looked at. */
  readonly takesOffer: (from: NodeId, way: ConnectionWay) => boolean;
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
  /** To PeerJS's own listener. */
  #passOn: (message: unknown) => void = () => undefined;
  /** How the offer came that PeerJS is given now. */
  #arrivingBy: ConnectionWay = 'rendezvous';
  /** By which way the signals of a connection go. */
  readonly #ways = new WeakMap<object, ConnectionWay>();

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
    const { self, server, ice } = this.#options;
    const peer = new Peer(self, {
      host: server.host,
      port: server.port,
      path: server.path,
      secure: server.secure,
      token: TOKEN,
      pingInterval: PING_INTERVAL_MS,
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
    socket.on('message', (message: unknown) => {
      if (!this.line.receive(message)) this.#receive(peer, message, 'rendezvous');
    });
    const toServer = socket.send.bind(socket);
    socket.send = (message: unknown) => {
      if (!this.#sendElsewhere(peer, message)) toServer(message);
    };
    socket.on('disconnected', () => this.line.disconnected());
    this.line.start();
  }

  /** A connection under way, or `undefined` while nothing can carry its signals. */
  connect(peer: NodeId, way: ConnectionWay): DataConnection | undefined {
    if (!this.#peer || (way === 'rendezvous' && !this.line.isOnline)) return undefined;
    try {
      const connection = this.#peer.connect(peer, CONNECT_OPTIONS);
      this.#ways.set(connection, way); // its offer is made in a later task
      return connection;
    } catch (error) {
      reportError('the browser opens no further connection', error);
      return undefined;
    }
  }

  /** The mesh brought this, or a person. */
  receiveSignal(from: NodeId, signal: Signal, way: ConnectionWay = 'mesh'): void {
    if (signal.kind === 'hang-up')
      this.events.emit('refused', { peer: from, connectionId: signal.connection });
    else if (this.#peer) this.#receive(this.#peer, { ...messageForPeerJs(signal), src: from }, way);
  }

  /** Looks for a new path for an open connection of ours, which is kept. */
  async restart(connection: DataConnection, way: SignalWay): Promise<void> {
    const { peerConnection } = connection;
    if (typeof peerConnection.restartIce !== 'function') return; // in Node
    this.#ways.set(connection, way);
    await this.#renegotiate(connection, async () => {
      // An offer before this one that nobody answered gives way to it.
      if (peerConnection.signalingState === 'have-local-offer')
        await peerConnection.setLocalDescription({ type: 'rollback' });
      await peerConnection.setLocalDescription(await peerConnection.createOffer({ iceRestart: true }));
      return 'restart';
    });
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

  /** Leaves the server for good; no event after it. Close the connections first: PeerJS would leave half of them open. */
  close(): void {
    this.events.clear();
    this.line.close();
    this.#peer?.destroy();
    this.#peer = undefined;
  }

  #receive(peer: Peer, raw: unknown, way: ConnectionWay): void {
    const message = readServerMessage(raw);
    if (!message) {
      log('debug', `a message by the ${way} that makes no sense; dropped`);
      return;
    }
    switch (message.kind) {
      case 'open':
        this.#passOn(raw);
        return;
      case 'refused':
        this.line.lost(message.reason);
        return;
      case 'unavailable':
        this.line.forget(message.peer);
        this.events.emit('unavailable', message.peer);
        return;
      case 'offer':
        // PeerJS would close the connection of which it gets the offer again.
        if (peer.getConnection(message.from, message.connectionId)) return;
        if (!this.#options.takesOffer(message.from, way)) return;
        this.#arrivingBy = way;
        this.#guarded(raw);
        return;
      case 'restart': {
        const connection = peer.getConnection(message.from, message.connectionId);
        if (connection?.open) void this.#answerRestart(connection as DataConnection, message.sdp, way);
        return;
      }
      case 'signal': {
        // PeerJS would keep signals for connections that are gone, for ever.
        const connection = peer.getConnection(message.from, message.connectionId);
        if (!connection?.peerConnection || this.#ways.get(connection) !== way) return;
        if (message.sdp !== undefined && !namesCertificate(message.sdp, connection)) return;
        this.#guarded(raw);
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

  /**
   * The other end looks for a new path. Only where ours fails, too: whoever carries signals could cut a path that works. And only
   * with the certificate that the handshake was bound to.
   */
  async #answerRestart(connection: DataConnection, sdp: string, way: ConnectionWay): Promise<void> {
    const { peerConnection } = connection;
    if (!isFailing(peerConnection) || !namesCertificate(sdp, connection)) return;
    this.#ways.set(connection, way);
    await this.#renegotiate(connection, async () => {
      await peerConnection.setRemoteDescription({ type: 'offer', sdp });
      await peerConnection.setLocalDescription(await peerConnection.createAnswer());
      return 'answer';
    });
  }

  /** PeerJS negotiates once: what comes later is said here, the way PeerJS would. */
  async #renegotiate(connection: DataConnection, negotiate: () => Promise<SignalKind>): Promise<void> {
    const { peerConnection, connectionId } = connection;
    const peer = connection.peer as NodeId; // it was checked when the connection began
    const say = (kind: SignalKind, text: string): void => {
      const message = messageForPeerJs({ kind, connection: connectionId, text });
      this.#peer?.socket.send({ ...message, dst: peer });
    };
    const gathered: string[] = [];
    let isSaid = false;
    peerConnection.onicecandidate = ({ candidate }) => {
      if (!candidate?.candidate) return;
      if (isSaid) say('candidate', candidate.candidate);
      else gathered.push(candidate.candidate);
    };
    try {
      const kind = await negotiate();
      say(kind, peerConnection.localDescription?.sdp ?? '');
      isSaid = true;
      for (const text of gathered) say('candidate', text);
    } catch (error) {
      log('debug', `no new path for a connection: ${messageOf(error)}`);
    }
  }

  /** False when it is for the server. */
  #sendElsewhere(peer: Peer, message: unknown): boolean {
    const said = signalFromPeerJs(message);
    const connection = said && peer.getConnection(said.to, said.signal.connection);
    const way = connection ? this.#ways.get(connection) : undefined;
    if (said && said.signal.kind !== 'candidate') this.events.emit('described', said);
    if (!said || way === undefined || way === 'rendezvous') return false;
    if (way === 'mesh') this.events.emit('signal', said); // an invite's are read from its description
    return true;
  }
}
