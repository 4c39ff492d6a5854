/**
 * The mesh's Transport over WebRTC: PeerJS opens the connections, the registry says whom there is to connect to. It keeps
 * no opinion on which peers matter; it only bounds what strangers may cost before the mesh has authenticated them.
 */
import type { DataConnection } from 'peerjs';
import { Emitter, log, type Random, type Timers } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { RendezvousState, Transport, TransportEvents } from '../contract.ts';
import { Attempt } from './attempt.ts';
import type { PeerChannel } from './channel.ts';
import { prepareDatagrams } from './datagrams.ts';
import { IncomingAttempts } from './incoming-attempts.ts';
import { PeerClient } from './peer-client.ts';
import { RegistryClient } from './registry-client.ts';
import { serverAddress } from './server-address.ts';

/** Of one peer, open or under way: one of each direction, and room for those it does not know to be dead yet. */
const MAX_INCOMING_PER_PEER = 4;

export interface PeerTransportOptions {
  readonly self: NodeId;
  /** Address of the signaling server, normally the page's own. */
  readonly server: string | URL;
  /** `networkHash(name)` of src/wire. */
  readonly networkHash: string;
  /** STUN and TURN servers; none means machines on one LAN only. */
  readonly iceServers?: readonly RTCIceServer[];
  readonly timers: Timers;
  readonly random: Random;
  /** Called once, when `close` has let go of everything. */
  readonly onClosed?: () => void;
}

/** @throws LeafcutterError `bad-server-address` */
export function createPeerTransport(options: PeerTransportOptions): Transport {
  return new PeerTransport(options);
}

class PeerTransport implements Transport {
  readonly self: NodeId;
  readonly events = new Emitter<TransportEvents>();
  readonly #timers: Timers;
  readonly #peerClient: PeerClient;
  readonly #registry: RegistryClient;
  readonly #outgoing = new Map<NodeId, Attempt>();
  readonly #incoming: IncomingAttempts<Attempt>;
  readonly #channels = new Set<PeerChannel>();
  readonly #onClosed: () => void;
  #rendezvous: RendezvousState = 'connecting';
  #isClosed = false;

  constructor(options: PeerTransportOptions) {
    const { self, server, networkHash, iceServers = [], timers, random } = options;
    this.#onClosed = options.onClosed ?? (() => undefined);
    const address = serverAddress(server);
    this.self = self;
    this.#timers = timers;
    this.#incoming = new IncomingAttempts(timers);
    this.#peerClient = new PeerClient({ self, server: address, iceServers, timers, random });
    this.#registry = new RegistryClient({
      url: address.registryUrl,
      network: networkHash,
      self,
      timers,
      random,
    });
    this.#listen(this.#peerClient, this.#registry);
  }

  get rendezvous(): RendezvousState {
    return this.#rendezvous;
  }

  start(): void {
    if (this.#isClosed) return;
    prepareDatagrams();
    this.#peerClient.start();
  }

  connect(peer: NodeId): void {
    if (this.#isClosed || peer === this.self || this.#outgoing.has(peer)) return;
    for (const channel of this.#channels) if (channel.peer === peer && !channel.isClosed) return;
    const connection = this.#peerClient.connect(peer);
    if (connection) this.#attempt(peer, connection, true);
    else queueMicrotask(() => this.#failed(peer, 'the meeting point is not reachable'));
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.events.clear();
    for (const attempt of [...this.#outgoing.values(), ...this.#incoming]) attempt.abort();
    for (const channel of this.#channels) channel.abort();
    this.#outgoing.clear();
    this.#incoming.clear();
    this.#channels.clear();
    this.#registry.close();
    this.#peerClient.close();
    this.#onClosed();
  }

  #listen(peerClient: PeerClient, registry: RegistryClient): void {
    peerClient.events.on('online', () => {
      // Others hear of us only once they can reach us.
      registry.start();
      this.#updateRendezvous();
    });
    peerClient.events.on('offline', () => this.#updateRendezvous('offline'));
    peerClient.events.on('unavailable', (peer) =>
      this.#outgoing.get(peer)?.fail('the server does not know this peer; it may have left'),
    );
    peerClient.events.on('incoming', ({ peer, connection }) => this.#accept(peer, connection));
    registry.events.on('online', () => this.#updateRendezvous());
    registry.events.on('offline', () => this.#updateRendezvous('offline'));
    registry.events.on('silent', () => peerClient.restart('the server does not answer'));
    registry.events.on('instances', (ids) => this.events.emit('candidates', ids));
    registry.events.on('left', (id) => this.events.emit('candidateGone', id));
  }

  #accept(peer: NodeId, connection: DataConnection): void {
    const ofPeer = [...this.#incoming, ...this.#channels].filter((other) => other.peer === peer).length;
    if (ofPeer >= MAX_INCOMING_PER_PEER || !this.#incoming.makeRoom()) {
      log('debug', `too many connections come in; one of ${peer.slice(0, 8)} was turned away`);
      connection.close();
      return;
    }
    this.#attempt(peer, connection, false);
  }

  #attempt(peer: NodeId, connection: DataConnection, isInitiator: boolean): void {
    const forget = (): void => {
      if (isInitiator) this.#outgoing.delete(peer);
      else this.#incoming.delete(attempt);
    };
    const attempt = new Attempt({
      peer,
      isInitiator,
      connection,
      timers: this.#timers,
      onOpen: (channel) => {
        forget();
        this.#channels.add(channel);
        channel.events.on('closed', () => this.#channels.delete(channel));
        this.events.emit('channel', channel);
      },
      onFailed: (reason) => {
        forget();
        if (isInitiator) this.#failed(peer, reason);
        else log('debug', `a connection of ${peer.slice(0, 8)} did not open: ${reason}`);
      },
    });
    if (isInitiator) this.#outgoing.set(peer, attempt);
    else this.#incoming.add(attempt);
  }

  #failed(peer: NodeId, reason: string): void {
    if (!this.#isClosed) this.events.emit('connectFailed', { peer, reason });
  }

  /** Until the first failure we are on the way; afterwards what is not online is offline. */
  #updateRendezvous(
    otherwise: 'connecting' | 'offline' = this.#rendezvous === 'connecting' ? 'connecting' : 'offline',
  ): void {
    const state = this.#peerClient.isOnline && this.#registry.isOnline ? 'online' : otherwise;
    if (state === this.#rendezvous) return;
    this.#rendezvous = state;
    this.events.emit('rendezvous', state);
  }
}
