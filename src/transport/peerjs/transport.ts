/**
 * The mesh's Transport over WebRTC: PeerJS opens the connections, the registry says whom there is to connect to, and the
 * signals of a connection go by the server or, as events, by the mesh. It keeps
 * no opinion on which peers matter; it only bounds what strangers may cost before the mesh has authenticated them.
 */
import type { DataConnection } from 'peerjs';
import { Emitter, log, type Random, type Timers } from '../../runtime/index.ts';
import type { NodeId, Signal } from '../../wire/index.ts';
import type {
  PathKind,
  RendezvousState,
  ServerProver,
  SignalWay,
  Transport,
  TransportEvents,
} from '../contract.ts';
import { Attempt } from './attempt.ts';
import type { PeerChannel } from './channel.ts';
import { prepareDatagrams } from './datagrams.ts';
import { IncomingAttempts } from './incoming-attempts.ts';
import { isFailing, watchPath } from './path-watch.ts';
import { type ConnectionWay, PeerClient } from './peer-client.ts';
import { type IceConfiguration, LAN_ONLY } from './served-ice.ts';
import { serverAddress } from './server-address.ts';

/** Of one peer, open or under way: one of each direction, and room for those it does not know to be dead yet. */
const MAX_INCOMING_PER_PEER = 4;
/** Under way at once of those whom the server names: newcomers, of whom a room may open thirty at once. */
const MAX_REGISTERED = 32;
/** Of others who come by the server: in a large network newcomers too, else whoever knows our id, or guesses it. */
const MAX_UNKNOWN = 8;
/** Of those who come by the mesh, members all; the mesh itself lets no more through (src/mesh/signaling/limits.ts). */
const MAX_MEMBERS = 24;

export interface PeerTransportOptions {
  readonly self: NodeId;
  readonly prover: ServerProver;
  /** Address of the signaling server, normally the page's own. */
  readonly server: string | URL;
  /** `networkHash(name)` of src/wire. */
  readonly networkHash: string;
  /** STUN and TURN servers, asked for every connection; none means machines on one LAN only. */
  readonly ice?: () => IceConfiguration;
  readonly timers: Timers;
  readonly random: Random;
  /** Called once, when `close` has let go of everything. */
  readonly onClosed?: () => void;
}

/** @throws LeafcutterError `bad-server-address` */
export function createPeerTransport(options: PeerTransportOptions): Transport {
  return new PeerTransport(options);
}

/** Its `protected` members are for inviting-transport.ts. */
export class PeerTransport implements Transport {
  readonly self: NodeId;
  /** RTCDataChannel.send takes a copy. */
  readonly copiesFrames = true;
  readonly events = new Emitter<TransportEvents>();
  readonly #timers: Timers;
  protected readonly peerClient: PeerClient;
  readonly #outgoing = new Map<NodeId, Attempt>();
  readonly #incoming: Readonly<Record<'mesh' | 'registered' | 'unknown', IncomingAttempts<Attempt>>>;
  #registered: ReadonlySet<NodeId> = new Set();
  readonly #channels = new Set<PeerChannel>();
  readonly #onClosed: () => void;
  #rendezvous: RendezvousState = 'connecting';
  #isClosed = false;
  /** The browser says that it has a network again. */
  readonly #tryNow = (): void => this.tryNow();
  /** Whatever network comes next, the socket is of this one: then a new one is opened at once. */
  readonly #loseLine = (): void => this.peerClient.line.lost('this machine is in no network');

  constructor(options: PeerTransportOptions) {
    const { self, prover, server, networkHash, ice = () => LAN_ONLY, timers, random } = options;
    this.#onClosed = options.onClosed ?? (() => undefined);
    this.self = self;
    this.#timers = timers;
    this.#incoming = {
      mesh: new IncomingAttempts(MAX_MEMBERS, timers),
      registered: new IncomingAttempts(MAX_REGISTERED, timers),
      unknown: new IncomingAttempts(MAX_UNKNOWN, timers),
    };
    this.peerClient = new PeerClient({
      self,
      prover,
      server: serverAddress(server),
      network: networkHash,
      ice,
      timers,
      random,
      takesOffer: (from, way) => from < self || !this.#unanswered(from, way),
    });
    this.#listen(this.peerClient);
  }

  get rendezvous(): RendezvousState {
    return this.#rendezvous;
  }

  start(): void {
    if (this.#isClosed) return;
    prepareDatagrams();
    this.peerClient.start();
    globalThis.addEventListener?.('offline', this.#loseLine);
    globalThis.addEventListener?.('online', this.#tryNow);
  }

  tryNow(): void {
    this.peerClient.line.tryNow();
  }

  connect(peer: NodeId, way: SignalWay): void {
    if (this.#isClosed || peer === this.self || this.#outgoing.has(peer)) return;
    const connection = this.peerClient.connect(peer, way);
    if (connection) this.#attempt(peer, connection, way);
    else queueMicrotask(() => this.#failed(peer, 'the meeting point is not reachable'));
  }

  receiveSignal(from: NodeId, signal: Signal): void {
    if (!this.#isClosed) this.peerClient.receiveSignal(from, signal);
  }

  restart(peer: NodeId, way: SignalWay): void {
    for (const { peer: other, isInitiator, isClosed, connection } of this.#channels) {
      if (other === peer && isInitiator && !isClosed && isFailing(connection.peerConnection))
        void this.peerClient.restart(connection, way);
    }
  }

  async pathTo(peer: NodeId): Promise<PathKind | undefined> {
    // The newest: one before it may be kept for a peer that fell silent.
    return [...this.#channels]
      .reverse()
      .find((each) => each.peer === peer && !each.isClosed)
      ?.path();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.events.clear();
    for (const attempt of [...this.#outgoing.values(), ...this.#incomingOfAll()]) attempt.abort();
    for (const channel of this.#channels) channel.abort();
    this.#outgoing.clear();
    for (const incoming of Object.values(this.#incoming)) incoming.clear();
    this.#channels.clear();
    globalThis.removeEventListener?.('offline', this.#loseLine);
    globalThis.removeEventListener?.('online', this.#tryNow);
    this.peerClient.close();
    this.#onClosed();
  }

  #listen(peerClient: PeerClient): void {
    const { line, events } = peerClient;
    line.events.on('online', () => this.#setRendezvous('online'));
    line.events.on('offline', () => this.#setRendezvous('offline'));
    line.events.on('instances', (ids) => {
      this.#registered = new Set(ids);
      this.events.emit('candidates', ids);
    });
    line.events.on('left', (id) => this.events.emit('candidateGone', id));
    line.events.on('again', (id) => this.events.emit('candidateAgain', id));
    events.on('unavailable', (peer) => this.#outgoing.get(peer)?.fail('the server does not know this peer'));
    events.on('incoming', ({ peer, connection, way }) => {
      if (way !== 'invite') this.#accept(peer, connection, way); // those are text-invites.ts's
    });
    events.on('described', ({ to, signal }) => {
      const attempts = [...this.#outgoing.values(), ...this.#incomingOfAll()];
      const attempt = attempts.find((each) => each.peer === to && each.connectionId === signal.connection);
      attempt?.described();
      if (attempt?.isInitiator) this.events.emit('offered', to);
    });
    events.on('signal', (signal) => this.events.emit('signal', signal));
    events.on('refused', ({ peer, connectionId }) => {
      const attempt = this.#outgoing.get(peer);
      if (attempt?.connectionId === connectionId) attempt.fail('it takes no further calls at the moment');
    });
  }

  #accept(peer: NodeId, connection: DataConnection, way: SignalWay): void {
    const kind = way === 'mesh' ? 'mesh' : this.#registered.has(peer) ? 'registered' : 'unknown';
    const incoming = this.#incoming[kind];
    const ofPeer = [...this.#incomingOfAll(), ...this.#channels].filter(
      (other) => other.peer === peer,
    ).length;
    if (ofPeer >= MAX_INCOMING_PER_PEER || !incoming.makeRoom()) {
      log('debug', `too many connections come in; one of ${peer.slice(0, 8)} was turned away`);
      this.peerClient.refuse(peer, connection);
      return;
    }
    const ours = this.#unanswered(peer, way);
    ours?.abort();
    this.#attempt(peer, connection, way, incoming, ours !== undefined);
  }

  /** Our own call to this peer that goes this way. If theirs crosses it, that of the smaller id is made. */
  #unanswered(peer: NodeId, way: ConnectionWay): Attempt | undefined {
    const ours = this.#outgoing.get(peer);
    return ours?.way === way && !ours.isAnswered ? ours : undefined;
  }

  *#incomingOfAll(): Iterable<Attempt> {
    for (const incoming of Object.values(this.#incoming)) yield* incoming;
  }

  /**
   * @param incoming where it is counted; undefined for a call of ours
   * @param isCall what becomes of it becomes of our own call
   */
  #attempt(
    peer: NodeId,
    connection: DataConnection,
    way: SignalWay,
    incoming?: IncomingAttempts<Attempt>,
    isCall = incoming === undefined,
  ): void {
    const isInitiator = incoming === undefined;
    const forget = (): void => {
      incoming?.delete(attempt);
      if (isCall) this.#outgoing.delete(peer);
    };
    const attempt = new Attempt({
      peer,
      isInitiator,
      connection,
      way,
      timers: this.#timers,
      onOpen: (channel) => {
        forget();
        this.opened(channel);
      },
      onNoPath: (reason) => {
        if (!this.#isClosed) this.events.emit('pathFailed', { peer, reason });
      },
      onFailed: (reason) => {
        forget();
        if (isCall) this.#failed(peer, reason);
        else log('debug', `a connection of ${peer.slice(0, 8)} did not open: ${reason}`);
      },
    });
    incoming?.add(attempt);
    if (isCall) this.#outgoing.set(peer, attempt);
  }

  protected opened(channel: PeerChannel): void {
    this.#channels.add(channel);
    const { peer, isInitiator, connection } = channel;
    // One end looks for a new path, not both. One whose peer PeerJS knows under another id began with an invite.
    const isOurs = isInitiator && connection.peer === peer;
    const tell = (): void => this.events.emit('pathFailing', peer);
    const endWatch = isOurs ? watchPath(connection.peerConnection, this.#timers, tell) : () => undefined;
    channel.events.on('closed', () => {
      endWatch();
      this.#channels.delete(channel);
    });
    this.events.emit('channel', channel);
  }

  #failed(peer: NodeId, reason: string): void {
    if (!this.#isClosed) this.events.emit('connectFailed', { peer, reason });
  }

  #setRendezvous(state: RendezvousState): void {
    if (state === this.#rendezvous) return;
    this.#rendezvous = state;
    this.events.emit('rendezvous', state);
  }
}
