/**
 * Where strangers meet: who is registered, who hears of it, and the signals of those that the mesh does not bring together.
 * While it is away nobody hears anything of it, and what Nodes give it to carry is lost.
 */
import { integerBelow, type Random, uniform } from '../../src/runtime/index.ts';
import { MAX_INSTANCES, type NodeId, type Signal } from '../../src/wire/index.ts';
import { areConnected } from './connected.ts';
import type { EventQueue } from './event-queue.ts';
import type { Medium } from './medium.ts';
import type { SimulatedNode } from './simulated-node.ts';
import type { Station } from './station.ts';
import type { Carrier } from './surroundings.ts';

/** Changes within so long are told at once: Nodes take the whole list each time. */
const GATHER_MS = 50;
const GATHER_LARGE_MS = 1000;
const LARGE_NETWORK = 200;

export class Rendezvous {
  readonly #queue: EventQueue;
  readonly #medium: Medium;
  readonly #random: Random;
  readonly #registered = new Map<NodeId, Station>();
  readonly #nodes = new Map<NodeId, SimulatedNode>();
  /** What Nodes had it carry. */
  readonly #carried = { signals: 0, offers: 0, needlessOffers: 0 };
  #ghosts: readonly NodeId[] = [];
  #isUp = true;
  #isTellingPlanned = false;

  constructor(queue: EventQueue, medium: Medium, random: Random) {
    this.#queue = queue;
    this.#medium = medium;
    this.#random = random;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** `needlessOffers`: between two that the mesh connects, so that it could have carried them. */
  get carried(): { readonly signals: number; readonly offers: number; readonly needlessOffers: number } {
    return this.#carried;
  }

  /** A Node that wants to hear of the others. */
  register(node: SimulatedNode, now: number): void {
    const isAgain = this.#isUp && this.#registered.has(node.id);
    this.#nodes.set(node.id, node);
    this.#registered.set(node.id, node);
    if (isAgain) {
      for (const other of this.#nodes.values())
        if (other !== node) other.happenLater({ type: 'candidate-again', id: node.id }, this.#wayMs());
    }
    if (!this.#isUp) {
      node.happen({ type: 'rendezvous', state: 'offline' });
      return;
    }
    const wayMs = this.#wayMs();
    node.happenLater({ type: 'rendezvous', state: 'online' }, wayMs);
    node.happenLater({ type: 'candidates', ids: this.#candidates(node.id) }, wayMs);
    this.#tellLater(now);
  }

  unregister(station: Station, byDeath: boolean, now: number): void {
    const afterMs = byDeath ? this.#medium.conditions.socketDeathMs : 0;
    if (afterMs === null) return;
    this.#queue.pushTask(now + afterMs, {
      run: (at) => {
        if (this.#registered.get(station.id) !== station) return;
        this.#registered.delete(station.id);
        this.#nodes.delete(station.id);
        if (!this.#isUp) return;
        for (const node of this.#nodes.values()) {
          node.happenLater({ type: 'candidate-gone', id: station.id }, this.#wayMs());
        }
        this.#tellLater(at);
      },
    });
  }

  /** Ids in everyone's list at which nobody is. */
  haunt(ids: readonly NodeId[], now: number): void {
    this.#ghosts = ids;
    this.#tellLater(now);
  }

  setUp(isUp: boolean, now: number): void {
    if (isUp === this.#isUp) return;
    this.#isUp = isUp;
    for (const node of this.#nodes.values()) {
      node.happenLater({ type: 'rendezvous', state: isUp ? 'online' : 'offline' }, this.#wayMs());
    }
    if (!isUp) return;
    for (const [id, station] of this.#registered) {
      if (station.isAlive) continue;
      this.#registered.delete(id);
      this.#nodes.delete(id);
    }
    this.#tellLater(now);
  }

  /** Brings a signal to whoever is registered under this id; an offer to nobody comes back as EXPIRE would. */
  carry(from: Carrier, to: NodeId, signal: Signal, now: number): void {
    const isOffer = signal.kind === 'offer';
    this.#carried.signals++;
    if (isOffer) {
      this.#carried.offers++;
      if (areConnected(from.id, to, this.#nodes)) this.#carried.needlessOffers++;
    }
    const target = this.#nodes.get(to);
    if (!this.#isUp || target === undefined) {
      const [afterMs, reason] = this.#isUp
        ? [this.#medium.conditions.connectTimeoutMs, 'the meeting point does not know this peer']
        : [0, 'the meeting point is not reachable'];
      if (isOffer) this.#queue.pushTask(now + afterMs, { run: () => from.callFailed(to, reason) });
      return;
    }
    this.#queue.pushTask(now + this.#wayMs(), { run: () => target.signalled(from.id, signal) });
  }

  #tellLater(now: number): void {
    if (this.#isTellingPlanned) return;
    this.#isTellingPlanned = true;
    const afterMs = this.#registered.size > LARGE_NETWORK ? GATHER_LARGE_MS : GATHER_MS;
    this.#queue.pushTask(now + afterMs, {
      run: () => {
        this.#isTellingPlanned = false;
        if (!this.#isUp) return;
        for (const node of this.#nodes.values()) {
          node.happenLater({ type: 'candidates', ids: this.#candidates(node.id) }, this.#wayMs());
        }
      },
    });
  }

  #candidates(self: NodeId): readonly NodeId[] {
    const ids = [...this.#registered.keys()].filter((id) => id !== self);
    if (ids.length + this.#ghosts.length <= MAX_INSTANCES) return [...this.#ghosts, ...ids];
    // As the server does: by chance, and a crowd of ghosts counts as one address among others.
    const half = this.#ghosts.length === 0 ? 0 : MAX_INSTANCES / 2;
    return [...this.#chosen(this.#ghosts, half), ...this.#chosen(ids, MAX_INSTANCES - half)];
  }

  #chosen(ids: readonly NodeId[], count: number): readonly NodeId[] {
    if (ids.length <= count) return ids;
    const chosen = new Set<NodeId>();
    while (chosen.size < count) {
      const id = ids[integerBelow(this.#random, ids.length)];
      if (id !== undefined) chosen.add(id);
    }
    return [...chosen];
  }

  #wayMs(): number {
    return this.#medium.conditions.signalingMs * (0.25 + 0.5 * uniform(this.#random));
  }
}
