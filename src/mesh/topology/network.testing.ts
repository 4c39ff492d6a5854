/**
 * Test support: Topologies on a seeded network in virtual time. Links come up and go down at both ends a moment apart;
 * frames take their time and may be lost, doubled or overtake each other (real channels do none of it: what holds here holds
 * there). Counts the bytes that leave each Node.
 */
import { Heap, type Random, seededRandom, uniform } from '../../runtime/index.ts';
import {
  encodeFrame,
  FRAME_HEADER_BYTES,
  FrameType,
  type NodeId,
  parseFrameHeader,
} from '../../wire/index.ts';
import { simulatedCryptography } from '../identity/cryptography.testing.ts';
import type { Cryptography } from '../identity/cryptography.ts';
import { beginLife, identityFrom, type OwnLife } from '../identity/identity.ts';
import { networkNameHash } from '../identity/network-name.ts';
import { WAKE } from '../protocol.ts';
import type { LinkId, Tell } from '../vocabulary.ts';
import type { TopologyEffect, TopologyEvent } from './contract.ts';
import { RecordCache } from './record-cache.ts';
import { Topology } from './topology.ts';

export interface NetworkOptions {
  readonly seed: number;
  readonly cryptography?: Cryptography;
  /** One way, ms. Default 10. */
  readonly latencyMs?: number;
  /** Standard deviation of the logarithm of the latency; Wi-Fi has 0.5. Default 0. */
  readonly jitter?: number;
  /** Chances of a frame; default 0. */
  readonly loss?: number;
  readonly duplication?: number;
  /** Whether frames may overtake each other. */
  readonly isUnordered?: boolean;
  readonly attributes?: Uint8Array;
}

export interface SimulatedPeer {
  readonly own: OwnLife;
  readonly secret: Uint8Array;
  readonly topology: Topology;
  /** When the last frame of each Link arrives at the neighbour: what an ordered channel waits for. */
  readonly links: Map<NodeId, { readonly id: LinkId; lastArrival: number }>;
  readonly effects: TopologyEffect[];
  isAlive: boolean;
  wakeAt: number;
  sentBytes: number;
  /** Bytes of answers (`network_state`) among them. */
  answerBytes: number;
  sentFrames: number;
}

interface Due {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

export class TestNetwork {
  readonly random: Random;
  readonly cryptography: Cryptography;
  readonly nameHash: Uint8Array;
  readonly records = new RecordCache(65_536);
  readonly peers = new Map<NodeId, SimulatedPeer>();
  /** The latest frames sent, at most 200: what a hostile Node can have kept. */
  readonly captured: Uint8Array[] = [];
  now = 0;
  events = 0;
  readonly #options: NetworkOptions;
  readonly #queue = new Heap<Due>((a, b) => a.at < b.at || (a.at === b.at && a.order < b.order));
  #order = 0;
  #nextLink = 1;
  #loss: number;
  #duplication: number;

  constructor(options: NetworkOptions) {
    this.#options = options;
    this.random = seededRandom(options.seed);
    this.cryptography = options.cryptography ?? simulatedCryptography();
    this.nameHash = networkNameHash('quiet-otter', this.cryptography);
    this.#loss = options.loss ?? 0;
    this.#duplication = options.duplication ?? 0;
  }

  /** A Node begins; with `secret` it is an older one in a new life. */
  start(secret = this.random.bytes(32), life = Math.floor(this.now) + 1): SimulatedPeer {
    const { cryptography, random } = this;
    const own = beginLife(identityFrom(secret, cryptography), life, random.bytes(32), cryptography);
    const attributes = this.#options.attributes ?? new Uint8Array();
    const options = { own, nameHash: this.nameHash, attributes, cryptography, random, records: this.records };
    const peer: SimulatedPeer = {
      own,
      secret,
      topology: new Topology(options, this.now),
      links: new Map(),
      effects: [],
      isAlive: true,
      wakeAt: Number.POSITIVE_INFINITY,
      sentBytes: 0,
      answerBytes: 0,
      sentFrames: 0,
    };
    this.peers.set(own.id, peer);
    this.#schedule(peer);
    return peer;
  }

  /** Dies without a word; its neighbours notice 2 s later. */
  kill(peer: SimulatedPeer): void {
    peer.isAlive = false;
    for (const id of peer.links.keys()) this.#endAtOtherEnd(peer, id, 2000, 'it fell silent');
    if (this.peers.get(peer.own.id) === peer) this.peers.delete(peer.own.id);
  }

  /** Says farewell, then dies. */
  leave(peer: SimulatedPeer): void {
    this.handle(peer, { type: 'leave' });
    const neighbours = [...peer.links.keys()];
    peer.isAlive = false;
    this.peers.delete(peer.own.id);
    for (const id of neighbours) this.#endAtOtherEnd(peer, id, 100, 'goodbye');
  }

  /** A Link between two; each end hears of it at its own time. */
  link(a: SimulatedPeer, b: SimulatedPeer): void {
    if (a === b || a.links.has(b.own.id) || b.links.has(a.own.id)) return;
    const id = this.#nextLink++ as LinkId;
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      one.links.set(other.own.id, { id, lastArrival: 0 });
      this.at(uniform(this.random) * 5, () => {
        if (one.links.get(other.own.id)?.id !== id) return;
        const identity = other.own;
        const isInitiator = one === a;
        this.handle(one, {
          type: 'link-up',
          peer: other.own.id,
          link: id,
          identity,
          isInitiator,
          answersProbes: false,
        });
      });
    }
  }

  unlink(a: SimulatedPeer, b: SimulatedPeer): void {
    this.#endAtOtherEnd(a, b.own.id, uniform(this.random) * 50, 'closed');
    this.#endLink(a, b.own.id, 'closed');
  }

  /** Of this very Link: the peer may be back in another life by then, with another one. */
  #endAtOtherEnd(peer: SimulatedPeer, to: NodeId, afterMs: number, reason: string): void {
    const id = peer.links.get(to)?.id;
    const other = this.peers.get(to);
    this.at(afterMs, () => {
      if (other && other.links.get(peer.own.id)?.id === id) this.#endLink(other, peer.own.id, reason);
    });
  }

  areLinked(a: SimulatedPeer, b: SimulatedPeer): boolean {
    return a.links.has(b.own.id);
  }

  setFaults(loss: number, duplication: number): void {
    this.#loss = loss;
    this.#duplication = duplication;
  }

  at(delayMs: number, run: () => void): void {
    this.#queue.push({ at: this.now + delayMs, order: this.#order++, run });
  }

  run(forMs: number): void {
    const until = this.now + forMs;
    for (let next = this.#queue.peek(); next && next.at <= until; next = this.#queue.peek()) {
      this.#queue.pop();
      this.now = next.at;
      next.run();
    }
    this.now = until;
  }

  handle(peer: SimulatedPeer, event: TopologyEvent): readonly TopologyEffect[] {
    if (!peer.isAlive) return [];
    this.events++;
    const effects = peer.topology.handle(event, this.now);
    for (const effect of effects) {
      if (effect.type === 'tell') this.#send(peer, effect);
      else peer.effects.push(effect);
    }
    this.#schedule(peer);
    return effects;
  }

  /** Bytes as if `from` had sent them to `to`. */
  inject(from: NodeId, to: SimulatedPeer, frame: Uint8Array): readonly TopologyEffect[] {
    const header = parseFrameHeader(frame);
    if (typeof header === 'string') throw new Error(header);
    return this.handle(to, { type: 'frame', via: from, header, frame });
  }

  #send(from: SimulatedPeer, { to, frameType, body }: Tell): void {
    const frame = encodeFrame({ type: frameType, source: from.own.id, hopLimit: 1 }, body);
    this.captured.push(frame);
    if (this.captured.length > 200) this.captured.shift();
    from.sentBytes += FRAME_HEADER_BYTES + body.length;
    if (frameType === FrameType.network_state) from.answerBytes += FRAME_HEADER_BYTES + body.length;
    from.sentFrames++;
    const link = from.links.get(to);
    if (!link) return;
    if (uniform(this.random) < this.#loss) return;
    const copies = uniform(this.random) < this.#duplication ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      const arrival = this.now + this.#latency();
      const at = this.#options.isUnordered ? arrival : Math.max(arrival, link.lastArrival);
      link.lastArrival = at;
      this.at(at - this.now, () => {
        const receiver = this.peers.get(to);
        if (receiver?.links.get(from.own.id)?.id === link.id) this.inject(from.own.id, receiver, frame);
      });
    }
  }

  #endLink(peer: SimulatedPeer, other: NodeId, reason: string): void {
    const link = peer.links.get(other);
    if (!link) return;
    peer.links.delete(other);
    this.handle(peer, { type: 'link-down', peer: other, link: link.id, reason, livedMs: 0 });
  }

  #schedule(peer: SimulatedPeer): void {
    const at = Math.max(this.now, peer.topology.nextWakeAt);
    if (at >= peer.wakeAt && peer.wakeAt > this.now) return;
    if (!Number.isFinite(at)) return;
    peer.wakeAt = at;
    this.at(at - this.now, () => {
      if (peer.wakeAt !== at) return;
      peer.wakeAt = Number.POSITIVE_INFINITY;
      this.handle(peer, WAKE);
    });
  }

  #latency(): number {
    const { latencyMs = 10, jitter = 0 } = this.#options;
    return latencyMs * Math.exp(jitter * gaussian(this.random));
  }
}

/** Box and Muller 1958. */
export function gaussian(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniform(random)));
  return radius * Math.cos(2 * Math.PI * uniform(random));
}

/** The Edges as a Node sees them, sorted, as texts. */
export function edgesOf({ topology }: SimulatedPeer): string[] {
  return [...topology.router.edges()].map(({ a, b }) => (a < b ? `${a}-${b}` : `${b}-${a}`)).sort();
}
