/**
 * The Transport of one simulated peer: its face to the mesh, and the network's handle on it. A new channel takes an offer
 * and an answer, which go through the mesh or by the rendezvous, and then a path between the two.
 */
import { Emitter } from '../../runtime/index.ts';
import type { NodeId, Signal } from '../../wire/index.ts';
import type { RendezvousState, SignalWay, Transport, TransportEvents } from '../contract.ts';
import type { SimulatedChannel } from './channel.ts';
import type { SimulatedHost } from './host.ts';
import type { Rendezvous } from './medium.ts';

/** The WebSocket's handshake. */
const REGISTER_MS = 5;
/** To learn that the rendezvous is away, or does not know a peer. */
const SIGNALING_FAILS_MS = 20;

export class SimulatedTransport implements Transport {
  /** They arrive as they are. */
  readonly copiesFrames = false;
  readonly self: NodeId;
  readonly events = new Emitter<TransportEvents>();
  readonly #networkName: string;
  readonly #host: SimulatedHost;
  readonly #network: Rendezvous;
  /** The connection by which each peer is being called. */
  readonly #connecting = new Map<NodeId, string>();
  #connections = 0;
  readonly #channels = new Set<SimulatedChannel>();
  #rendezvous: RendezvousState = 'connecting';
  #isClosed = false;

  constructor(self: NodeId, networkName: string, host: SimulatedHost, network: Rendezvous) {
    this.self = self;
    this.#networkName = networkName;
    this.#host = host;
    this.#network = network;
  }

  get rendezvous(): RendezvousState {
    return this.#rendezvous;
  }

  start(): void {
    this.#host.after(REGISTER_MS, () => {
      if (this.#isClosed) return;
      this.#network.register(this.self, this.#networkName);
      this.#enter(this.#network.isRendezvousUp ? 'online' : 'offline');
    });
  }

  /** The simulated rendezvous tells everyone when it is back. */
  tryNow(): void {}

  connect(peer: NodeId, way: SignalWay): void {
    if (this.#isClosed || this.#connecting.has(peer)) return;
    // No two of one pair are called the same, whoever of them calls.
    const connection = `${this.self.slice(0, 8)} ${++this.#connections}`;
    this.#connecting.set(peer, connection);
    const isUnderWay = this.#say(peer, { kind: 'offer', connection, text: 'offer' }, way);
    if (isUnderWay) this.events.emit('offered', peer);
    const { connectTimeoutMs } = this.#network.conditions;
    this.#host.after(isUnderWay ? connectTimeoutMs : SIGNALING_FAILS_MS, () => {
      if (this.#connecting.get(peer) !== connection) return;
      this.#connectFailed(peer, isUnderWay ? 'no answer' : 'the rendezvous does not know this peer');
    });
  }

  /** The paths of simulated channels do not fail for good. */
  restart(): void {}

  receiveSignal(from: NodeId, signal: Signal): void {
    this.signalled(from, signal, 'mesh');
  }

  signalled(from: NodeId, { kind, connection }: Signal, way: SignalWay): void {
    this.#tell(() => {
      if (kind === 'offer') this.#say(from, { kind: 'answer', connection, text: 'answer' }, way);
      else if (kind === 'answer' && this.#connecting.get(from) === connection)
        this.#network.open(this.self, from);
    });
  }

  async pathTo(): Promise<undefined> {
    return undefined;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#network.unregister(this.self, false);
    for (const channel of this.#channels) channel.close();
    this.events.clear();
  }

  channelOpened(channel: SimulatedChannel): void {
    this.#host.deliver(() => {
      if (channel.isInitiator) this.#connecting.delete(channel.peer);
      if (this.#isClosed) {
        channel.close();
        return;
      }
      this.#channels.add(channel);
      this.events.emit('channel', channel);
    });
  }

  channelClosed(channel: SimulatedChannel): void {
    this.#channels.delete(channel);
  }

  candidatesChanged(ids: readonly NodeId[]): void {
    this.#tell(() =>
      this.events.emit(
        'candidates',
        ids.filter((id) => id !== this.self),
      ),
    );
  }

  candidateAgain(id: NodeId): void {
    if (id !== this.self) this.#tell(() => this.events.emit('candidateAgain', id));
  }

  candidateGone(id: NodeId): void {
    this.#tell(() => this.events.emit('candidateGone', id));
  }

  rendezvousChanged(isUp: boolean): void {
    this.#tell(() => this.#enter(isUp ? 'online' : 'offline'));
  }

  #say(to: NodeId, signal: Signal, way: SignalWay): boolean {
    if (way === 'rendezvous') return this.#network.carry(this.self, to, signal);
    this.events.emit('signal', { to, signal });
    return true;
  }

  #connectFailed(peer: NodeId, reason: string): void {
    this.#connecting.delete(peer);
    if (!this.#isClosed) this.events.emit('connectFailed', { peer, reason });
  }

  #enter(state: RendezvousState): void {
    if (state === this.#rendezvous) return;
    this.#rendezvous = state;
    this.events.emit('rendezvous', state);
  }

  #tell(event: () => void): void {
    this.#host.deliver(() => {
      if (!this.#isClosed) event();
    });
  }
}
