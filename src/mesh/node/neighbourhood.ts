/** Performs the neighbour policy: what the rendezvous and the Links report goes in, connects and closes come out. */
import type { Clock } from '../../runtime/index.ts';
import type { Transport } from '../../transport/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { NeighbourPolicy } from '../neighbours/neighbour-policy.ts';
import type { RouteTable } from '../routing/route-table.ts';
import type { Topology } from '../topology/topology.ts';
import type { LinkSet } from './link-set.ts';

/** Of a Network this large nobody needs all: enough to choose from, and a bound on what a rendezvous can make us keep. */
const MAX_CANDIDATES = 1024;

export class Neighbourhood {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #policy: NeighbourPolicy;
  readonly #links: LinkSet;
  readonly #topology: Topology;
  readonly #routes: RouteTable;
  #candidates: ReadonlySet<NodeId> = new Set();
  #nextWakeAt = Number.POSITIVE_INFINITY;
  #isDue = false;

  constructor(options: {
    transport: Transport;
    clock: Clock;
    policy: NeighbourPolicy;
    links: LinkSet;
    topology: Topology;
    routes: RouteTable;
  }) {
    this.#transport = options.transport;
    this.#clock = options.clock;
    this.#policy = options.policy;
    this.#links = options.links;
    this.#topology = options.topology;
    this.#routes = options.routes;
  }

  get nextWakeAt(): number {
    return this.#isDue ? 0 : this.#nextWakeAt;
  }

  onCandidates(candidates: readonly NodeId[]): void {
    this.#candidates = new Set(candidates.slice(0, MAX_CANDIDATES));
    this.#policy.onCandidates(this.#candidates, this.#clock.now());
    this.changed();
  }

  onCandidateGone(peer: NodeId): void {
    this.#candidates = new Set([...this.#candidates].filter((candidate) => candidate !== peer));
    this.changed();
  }

  onConnectFailed(peer: NodeId): void {
    this.#policy.onConnectFailed(peer, this.#clock.now());
    this.changed();
  }

  /** Something the policy looks at is different: it plans at the end of the turn. */
  changed(): void {
    this.#isDue = true;
  }

  /** Plans when that is due; answers with the next time. */
  wake(now: number): number {
    if (!this.#isDue && now < this.#nextWakeAt) return this.#nextWakeAt;
    this.#isDue = false;
    const reachable = new Map<NodeId, number>();
    for (const [id, route] of this.#routes.all()) reachable.set(id, route.rttMs);
    const plan = this.#policy.plan({
      now,
      candidates: this.#candidates,
      reachable,
      links: new Set(this.#links.open.keys()),
      pending: this.#links.pending,
      graph: this.#topology.graph(),
    });
    this.#nextWakeAt = plan.nextWakeAt;
    for (const peer of plan.connect) {
      this.#links.connecting(peer);
      this.#transport.connect(peer);
    }
    for (const peer of plan.disconnect) this.#links.close(peer, 'more Links than needed');
    return this.#nextWakeAt;
  }
}
