/**
 * With whom to hold Links. Up to eight Nodes: with everyone. Beyond that with about six, never more than twelve: two of the
 * six because they are near, the others at random, because random graphs have no far corners and do not fall apart
 * (HyParView, Leitao 2007). Newcomers connect, residents wait for them; whoever stays without a path to us is approached
 * in any case, which is how partitions heal. Surplus Links go one at a time, and never one whose loss would cut the graph.
 */
import { integerBelow, type Random, uniform } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { type Adjacency, hasDetour } from '../topology/graph.ts';
import { Backoff } from './backoff.ts';

/** Above this many Nodes the mesh is partial: 28 Edges are nothing, and every message takes one hop. */
export const FULL_MESH_NODES = 8;
/** log2 of a few dozen Nodes, and what hobby networks bear as upstreams. */
export const TARGET_DEGREE = 6;
/** Above it, surplus goes; the gap to the target keeps Links from coming and going. */
export const TRIM_ABOVE_DEGREE = 8;
export const MAX_DEGREE = 12;
const NEAR_SLOTS = 2;
/** A detour longer than this would make the trimmed neighbour far. */
const MAX_DETOUR_HOPS = 3;
/** How long residents leave it to a newcomer to connect, plus jitter. */
const NEWCOMER_GRACE_MS = 2000;
/** After a Link ended, the greater uuid lets the smaller one redial first. */
const REDIAL_YIELD_MS = 1500;
/** Trimming waits until the mesh has been quiet: two Nodes trimming at once could cut together what neither would alone. */
const TRIM_QUIET_MS = 4000;
/** Failures after which a registered but unreachable peer is taken for a ghost and no longer counted. */
const GHOST_FAILURES = 2;

/** What the policy sees of the mesh when it plans. */
export interface NeighbourView {
  readonly now: number;
  /** Registered at the rendezvous. */
  readonly candidates: ReadonlySet<NodeId>;
  /** Members with a path to us, with the cost of that path (ms), ourselves left out. */
  readonly reachable: ReadonlyMap<NodeId, number>;
  /** Authenticated Links. */
  readonly links: ReadonlySet<NodeId>;
  /** Connecting or shaking hands. */
  readonly pending: ReadonlySet<NodeId>;
  readonly graph: Adjacency;
}

export interface NeighbourPlan {
  readonly connect: readonly NodeId[];
  readonly disconnect: readonly NodeId[];
  /** When to plan again if nothing happens before; Infinity when nothing is due. */
  readonly nextWakeAt: number;
}

export class NeighbourPolicy {
  readonly #self: NodeId;
  readonly #random: Random;
  readonly #backoff: Backoff;
  readonly #blocked = new Set<NodeId>();
  readonly #known = new Set<NodeId>();
  #hasArrived = false;
  #quietSince = 0;
  #trimAfterMs = TRIM_QUIET_MS;

  constructor(self: NodeId, random: Random) {
    this.#self = self;
    this.#random = random;
    this.#backoff = new Backoff(random);
  }

  get blocked(): ReadonlySet<NodeId> {
    return this.#blocked;
  }

  setBlocked(peer: NodeId, isBlocked: boolean): void {
    if (isBlocked) this.#blocked.add(peer);
    else if (this.#blocked.delete(peer)) this.#backoff.forget(peer);
  }

  /** The rendezvous' list. What is on the first one was here before us: we are the newcomer and connect at once. */
  onCandidates(candidates: Iterable<NodeId>, now: number): void {
    for (const peer of candidates) {
      if (this.#known.has(peer)) continue;
      this.#known.add(peer);
      if (this.#hasArrived) this.#holdForNewcomer(peer, now);
    }
    this.#hasArrived = true;
  }

  /** Somebody we had not heard of came through the mesh. */
  onMember(peer: NodeId, now: number): void {
    if (this.#known.has(peer)) return;
    this.#known.add(peer);
    this.#holdForNewcomer(peer, now);
  }

  onConnectFailed(peer: NodeId, now: number): void {
    this.#backoff.failed(peer, now);
  }

  onRefused(peer: NodeId, now: number): void {
    this.#backoff.refused(peer, now);
  }

  onLinkUp(now: number): void {
    this.#quietSince = now;
  }

  onLinkDown(peer: NodeId, livedMs: number, now: number): void {
    this.#quietSince = now;
    this.#backoff.ended(peer, livedMs, now);
    if (peer < this.#self) this.#backoff.hold(peer, now + REDIAL_YIELD_MS);
  }

  /** It left for good: nothing of it needs to be remembered. */
  onLeft(peer: NodeId): void {
    this.#known.delete(peer);
    this.#backoff.forget(peer);
  }

  /** Whether a channel that a peer opened may become a Link; `degree` counts open and pending ones without it. */
  mayAccept(peer: NodeId, degree: number): boolean {
    return !this.#blocked.has(peer) && degree < MAX_DEGREE;
  }

  plan(view: NeighbourView): NeighbourPlan {
    const { ready, waitUntil } = this.#wanted(view);
    const connect = ready.slice(0, Math.max(0, MAX_DEGREE - view.links.size - view.pending.size));
    const trimAt = this.#quietSince + this.#trimAfterMs;
    const isCrowded = view.links.size > TRIM_ABOVE_DEGREE;
    if (!isCrowded || connect.length > 0) return { connect, disconnect: [], nextWakeAt: waitUntil };
    if (view.now < trimAt) return { connect, disconnect: [], nextWakeAt: Math.min(waitUntil, trimAt) };
    const surplus = this.#surplus(view);
    this.#quietSince = view.now;
    this.#trimAfterMs = TRIM_QUIET_MS * (1 + uniform(this.#random));
    return {
      connect,
      disconnect: surplus === undefined ? [] : [surplus],
      nextWakeAt: Math.min(waitUntil, view.now + this.#trimAfterMs),
    };
  }

  #holdForNewcomer(peer: NodeId, now: number): void {
    this.#backoff.hold(peer, now + NEWCOMER_GRACE_MS * (1 + uniform(this.#random)));
  }

  /** Whom to try now, those that matter most first, and when the next of the others may be tried. */
  #wanted(view: NeighbourView): { ready: NodeId[]; waitUntil: number } {
    const members = [...view.reachable.keys()];
    const strangers = [...view.candidates].filter((peer) => !view.reachable.has(peer));
    const likely = strangers.filter((peer) => this.#backoff.failures(peer) < GHOST_FAILURES);
    const isFree = (peer: NodeId) =>
      peer !== this.#self && !view.links.has(peer) && !view.pending.has(peer) && !this.#blocked.has(peer);
    const isReady = (peer: NodeId) => this.#backoff.notBefore(peer) <= view.now;
    const waitUntil = (peers: readonly NodeId[]) =>
      peers.reduce((least, peer) => {
        const notBefore = this.#backoff.notBefore(peer);
        return notBefore > view.now ? Math.min(least, notBefore) : least;
      }, Number.POSITIVE_INFINITY);

    if (1 + members.length + likely.length <= FULL_MESH_NODES) {
      const free = [...members, ...strangers].filter(isFree);
      return { ready: free.filter(isReady), waitUntil: waitUntil(free) };
    }
    const room = Math.max(0, TARGET_DEGREE - view.links.size - view.pending.size);
    const freeStrangers = strangers.filter(isFree);
    const freeMembers = members.filter((peer) => isFree(peer) && degreeOf(view.graph, peer) < MAX_DEGREE - 1);
    const ready = [
      ...this.#approach(freeStrangers.filter(isReady), view, room),
      ...this.#rank(freeMembers.filter(isReady), view).slice(0, room),
    ];
    return { ready, waitUntil: waitUntil(room > 0 ? [...freeStrangers, ...freeMembers] : freeStrangers) };
  }

  /** Of those without a path to us, as many as there are free random slots, and one even without a free slot. */
  #approach(strangers: readonly NodeId[], view: NeighbourView, room: number): NodeId[] {
    const isTrying = [...view.pending].some((peer) => !view.reachable.has(peer));
    return this.#shuffled(strangers).slice(0, Math.max(isTrying ? 0 : 1, room - NEAR_SLOTS));
  }

  /** Near ones for the near slots (nearer than the median of everyone in reach), then the others by chance. */
  #rank(members: readonly NodeId[], view: NeighbourView): NodeId[] {
    const costs = [...view.reachable.values()].sort((a, b) => a - b);
    const median = costs[costs.length >> 1] ?? 0;
    const costOf = (peer: NodeId) => view.reachable.get(peer) ?? Number.POSITIVE_INFINITY;
    const held = [...view.links].filter((peer) => costOf(peer) < median).length;
    const byChance = this.#shuffled(members);
    const near = byChance
      .filter((peer) => costOf(peer) < median)
      .sort((a, b) => costOf(a) - costOf(b))
      .slice(0, Math.max(0, NEAR_SLOTS - held));
    return [...near, ...byChance.filter((peer) => !near.includes(peer))];
  }

  /** The farthest neighbour that can spare us too and stays close without the Edge. */
  #surplus(view: NeighbourView): NodeId | undefined {
    let worst: NodeId | undefined;
    let worstCost = -1;
    for (const peer of view.links) {
      const cost = view.graph.get(this.#self)?.get(peer) ?? 0;
      if (cost <= worstCost || degreeOf(view.graph, peer) <= TARGET_DEGREE) continue;
      if (!hasDetour(view.graph, this.#self, peer, MAX_DETOUR_HOPS)) continue;
      worst = peer;
      worstCost = cost;
    }
    return worst;
  }

  #shuffled(peers: readonly NodeId[]): NodeId[] {
    const shuffled = [...peers];
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = integerBelow(this.#random, i + 1);
      const [a, b] = [shuffled[i], shuffled[j]];
      if (a !== undefined && b !== undefined) [shuffled[i], shuffled[j]] = [b, a];
    }
    return shuffled;
  }
}

function degreeOf(graph: Adjacency, id: NodeId): number {
  return graph.get(id)?.size ?? 0;
}
