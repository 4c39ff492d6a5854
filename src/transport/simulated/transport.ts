/** The Transport of one simulated peer: its face to the mesh, and the network's handle on it. */
import { Emitter } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { RendezvousState, Transport, TransportEvents } from '../contract.ts';
import type { SimulatedChannel } from './channel.ts';
import type { SimulatedHost } from './host.ts';
import type { Rendezvous } from './medium.ts';

/** The WebSocket's handshake. */
const REGISTER_MS = 5;

export class SimulatedTransport implements Transport {
  readonly self: NodeId;
  readonly events = new Emitter<TransportEvents>();
  readonly #networkName: string;
  readonly #host: SimulatedHost;
  readonly #network: Rendezvous;
  readonly #connecting = new Set<NodeId>();
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

  connect(peer: NodeId): void {
    if (this.#isClosed || this.#connecting.has(peer)) return;
    if ([...this.#channels].some((channel) => channel.peer === peer && !channel.isClosed)) return;
    this.#connecting.add(peer);
    this.#network.connect(this.self, peer);
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

  connectFailed(peer: NodeId, reason: string): void {
    this.#tell(() => {
      this.#connecting.delete(peer);
      this.events.emit('connectFailed', { peer, reason });
    });
  }

  candidatesChanged(ids: readonly NodeId[]): void {
    this.#tell(() =>
      this.events.emit(
        'candidates',
        ids.filter((id) => id !== this.self),
      ),
    );
  }

  candidateGone(id: NodeId): void {
    this.#tell(() => this.events.emit('candidateGone', id));
  }

  rendezvousChanged(isUp: boolean): void {
    this.#tell(() => this.#enter(isUp ? 'online' : 'offline'));
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
