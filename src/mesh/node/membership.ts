/**
 * Who counts as a member: everyone whose record we have and to whom a path leads. Who says goodbye leaves at once; who
 * merely loses its last path stays for a moment, because a Link that broke is usually back before anyone needed it.
 */
import type { NodeId } from '../../wire/index.ts';
import type { Member, NodeHealth } from '../contract.ts';
import type { Route } from '../routing/routes.ts';
import type { Topology } from '../topology/topology.ts';

/** A redial takes some 100 ms; a closed tab must be gone from every list within a second. */
const PATHLESS_GRACE_MS = 600;

export interface MembershipView {
  readonly topology: Topology;
  readonly routes: ReadonlyMap<NodeId, Route>;
  /** Our own Links. */
  readonly links: ReadonlyMap<NodeId, { readonly health: NodeHealth }>;
}

export interface MembershipChange {
  readonly joined: readonly Member[];
  readonly left: readonly { readonly id: NodeId; readonly reason: string }[];
  /** Anything at all is different. */
  readonly isChanged: boolean;
}

export class Membership {
  readonly #self: NodeId;
  #members: readonly Member[];
  readonly #byId = new Map<NodeId, Member>();
  readonly #pathlessSince = new Map<NodeId, number>();
  readonly #lastWords = new Map<NodeId, string>();

  constructor(self: NodeId, topology: Topology, now: number) {
    this.#self = self;
    const own: Member = {
      id: self,
      info: topology.own.info,
      isSelf: true,
      isNeighbour: false,
      hops: 0,
      rttMs: 0,
      health: 'healthy',
      sinceMs: now,
    };
    this.#byId.set(self, own);
    this.#members = [own];
  }

  /** Ourselves first, then by join order; the same array until something changes. */
  get members(): readonly Member[] {
    return this.#members;
  }

  has(id: NodeId): boolean {
    return this.#byId.has(id);
  }

  /** When the next grace ends; Infinity when nobody is in one. */
  get deadlineMs(): number {
    let deadline = Number.POSITIVE_INFINITY;
    for (const since of this.#pathlessSince.values())
      deadline = Math.min(deadline, since + PATHLESS_GRACE_MS);
    return deadline;
  }

  /** Why the last Link to it ended: said when it leaves. */
  noteLinkEnded(peer: NodeId, reason: string): void {
    if (this.#byId.has(peer)) this.#lastWords.set(peer, reason);
  }

  update(view: MembershipView, now: number): MembershipChange {
    const left: { id: NodeId; reason: string }[] = [];
    const joined: Member[] = [];
    const hops = view.topology.hops();
    let isChanged = false;
    for (const [id, member] of this.#byId) {
      if (member.isSelf || hops.has(id)) continue;
      const reason = this.#reasonToLeave(id, view.topology, now);
      if (reason === undefined) continue;
      this.#byId.delete(id);
      this.#pathlessSince.delete(id);
      this.#lastWords.delete(id);
      left.push({ id, reason });
    }
    for (const id of hops.keys()) {
      this.#pathlessSince.delete(id);
      if (this.#byId.has(id)) continue;
      const member = this.#describe(id, view, now);
      this.#byId.set(id, member);
      joined.push(member);
    }
    for (const [id, before] of this.#byId) {
      const member = this.#describe(id, view, before.sinceMs);
      if (isSame(before, member)) continue;
      this.#byId.set(id, member);
      isChanged = true;
    }
    isChanged ||= left.length > 0 || joined.length > 0;
    if (isChanged) this.#members = [...this.#byId.values()];
    return { joined, left, isChanged };
  }

  /** Undefined while it may stay. */
  #reasonToLeave(id: NodeId, topology: Topology, now: number): string | undefined {
    if (topology.get(id)?.hasLeft) return 'it said goodbye';
    const since = this.#pathlessSince.get(id);
    if (since === undefined) this.#pathlessSince.set(id, now);
    else if (now - since >= PATHLESS_GRACE_MS)
      return this.#lastWords.get(id) ?? 'no path leads to it any more';
    return undefined;
  }

  #describe(id: NodeId, view: MembershipView, sinceMs: number): Member {
    const info = view.topology.get(id)?.info ?? view.topology.own.info;
    if (id === this.#self) {
      return { id, info, isSelf: true, isNeighbour: false, hops: 0, rttMs: 0, health: 'healthy', sinceMs };
    }
    const link = view.links.get(id);
    const route = view.routes.get(id);
    return {
      id,
      info,
      isSelf: false,
      isNeighbour: link !== undefined,
      // The shortest path by round trip may take a detour; "hops" says how far apart the two are in the graph.
      hops: link ? 1 : view.topology.hops().get(id),
      rttMs: route?.rttMs,
      health: link?.health ?? (route ? 'healthy' : 'suspected'),
      sinceMs,
    };
  }
}

function isSame(a: Member, b: Member): boolean {
  return (
    a.info === b.info &&
    a.isNeighbour === b.isNeighbour &&
    a.hops === b.hops &&
    a.rttMs === b.rttMs &&
    a.health === b.health
  );
}
