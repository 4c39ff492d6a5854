/**
 * A network in virtual time: peers, what lies between them, and the rendezvous where they meet. Conditions may change
 * while it runs: that is how a scenario cuts, heals, kills and freezes.
 */
import { type Random, seededRandom, uniform } from '../../runtime/index.ts';
import type { NodeId, Signal } from '../../wire/index.ts';
import { SimulatedChannel } from './channel.ts';
import { SimulatedHost } from './host.ts';
import { LAN, type Medium, type NetworkConditions, type Rendezvous } from './medium.ts';
import { Scheduler } from './scheduler.ts';
import { SimulatedTransport } from './transport.ts';

/** An offer and its answer over the rendezvous. */
const SIGNALING_MS = 20;
const FINGERPRINT_BYTES = 32;

export interface SimulatedPeer {
  readonly id: NodeId;
  readonly host: SimulatedHost;
  readonly transport: SimulatedTransport;
}

export class SimulatedNetwork implements Medium, Rendezvous {
  readonly scheduler = new Scheduler();
  readonly random: Random;
  conditions: NetworkConditions;
  readonly #peers = new Map<NodeId, SimulatedPeer>();
  readonly #channels = new Set<SimulatedChannel>();
  readonly #registered = new Map<NodeId, string>();
  readonly #pairLatency = new Map<string, number>();
  #groupOf: ((id: NodeId) => number) | undefined;
  #isRendezvousUp = true;

  constructor(seed: number, conditions: Partial<NetworkConditions> = {}) {
    this.random = seededRandom(seed);
    this.conditions = { ...LAN, ...conditions };
  }

  /** A host with a transport that meets others of the same network. */
  addPeer(id: NodeId, networkName = 'network'): SimulatedPeer {
    const host = new SimulatedHost(this.scheduler);
    const peer = { id, host, transport: new SimulatedTransport(id, networkName, host, this) };
    this.#peers.set(id, peer);
    return peer;
  }

  /** Cuts the network: peers reach each other only where `groupOf` agrees. The rendezvous stays in reach of all. */
  partition(groupOf: (id: NodeId) => number): void {
    this.#groupOf = groupOf;
  }

  heal(): void {
    this.#groupOf = undefined;
    for (const channel of this.#channels) channel.resume();
  }

  isCut(a: NodeId, b: NodeId): boolean {
    return this.#groupOf !== undefined && this.#groupOf(a) !== this.#groupOf(b);
  }

  /** The tab dies without a word. Its neighbours' ends stay open; only the rendezvous sees a socket close. */
  kill(id: NodeId): void {
    this.#peers.get(id)?.host.kill();
    for (const channel of this.#channels) {
      if (channel.self !== id) continue;
      channel.vanish();
      this.#channels.delete(channel);
    }
    const { socketDeathMs } = this.conditions;
    if (Number.isFinite(socketDeathMs)) this.scheduler.after(socketDeathMs, () => this.unregister(id, true));
  }

  /** Takes the signaling server down or up; those who are registered stay so. */
  setRendezvousUp(isUp: boolean): void {
    this.#isRendezvousUp = isUp;
    for (const { transport } of this.#peers.values()) transport.rendezvousChanged(isUp);
    if (isUp) this.#announceCandidates();
  }

  get isRendezvousUp(): boolean {
    return this.#isRendezvousUp;
  }

  /** One-way delay of the next frame between two peers, ms. */
  latency(a: NodeId, b: NodeId): number {
    const key = a < b ? a + b : b + a;
    let base = this.#pairLatency.get(key);
    if (base === undefined) {
      const [least, most] = this.conditions.latencyMs;
      base = least + uniform(this.random) * (most - least);
      this.#pairLatency.set(key, base);
    }
    return base * (1 + 0.1 * uniform(this.random));
  }

  register(id: NodeId, networkName: string): void {
    if (this.#registered.has(id)) this.#tellNetwork(networkName, (transport) => transport.candidateAgain(id));
    this.#registered.set(id, networkName);
    this.#announceCandidates();
  }

  unregister(id: NodeId, byDeath: boolean): void {
    const networkName = this.#registered.get(id);
    if (networkName === undefined || !this.#registered.delete(id)) return;
    if (byDeath) this.#tellNetwork(networkName, (transport) => transport.candidateGone(id));
    this.#announceCandidates();
  }

  carry(from: NodeId, to: NodeId, signal: Signal): boolean {
    const peer = this.#peers.get(to);
    if (!this.#isRendezvousUp || !peer || !this.#registered.has(to)) return false;
    this.scheduler.after(SIGNALING_MS / 2, () => peer.transport.signalled(from, signal, 'rendezvous'));
    return true;
  }

  open(caller: NodeId, callee: NodeId): void {
    this.scheduler.after(4 * this.latency(caller, callee), () => {
      const a = this.#peers.get(caller);
      const b = this.#peers.get(callee);
      if (!a?.host.isResponsive || !b?.host.isResponsive || this.isCut(caller, callee)) return;
      const fingerprints = [
        this.random.bytes(FINGERPRINT_BYTES),
        this.random.bytes(FINGERPRINT_BYTES),
      ] as const;
      const ends = [
        this.#end(a, callee, true, fingerprints),
        this.#end(b, caller, false, fingerprints),
      ] as const;
      SimulatedChannel.pair(...ends);
      a.transport.channelOpened(ends[0]);
      b.transport.channelOpened(ends[1]);
    });
  }

  channelClosed(channel: SimulatedChannel): void {
    this.#channels.delete(channel);
    this.#peers.get(channel.self)?.transport.channelClosed(channel);
  }

  #end(
    at: SimulatedPeer,
    peer: NodeId,
    isInitiator: boolean,
    [first, second]: readonly [Uint8Array, Uint8Array],
  ): SimulatedChannel {
    const channel = new SimulatedChannel({
      network: this,
      host: at.host,
      self: at.id,
      peer,
      isInitiator,
      fingerprints: isInitiator ? { local: first, remote: second } : { local: second, remote: first },
    });
    this.#channels.add(channel);
    return channel;
  }

  #announceCandidates(): void {
    for (const networkName of new Set(this.#registered.values())) {
      const ids = [...this.#registered].filter(([, other]) => other === networkName).map(([id]) => id);
      this.#tellNetwork(networkName, (transport) => transport.candidatesChanged(ids));
    }
  }

  #tellNetwork(networkName: string, tell: (transport: SimulatedTransport) => void): void {
    if (!this.#isRendezvousUp) return;
    for (const [id, other] of this.#registered) {
      const peer = other === networkName ? this.#peers.get(id) : undefined;
      if (peer) this.scheduler.after(2, () => tell(peer.transport));
    }
  }
}
