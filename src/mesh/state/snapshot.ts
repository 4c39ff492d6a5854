/** The whole state of a Node as plain values, for the debug panel and the simulator's checks. Computed when asked for. */
import type { NodeId } from '../../wire/index.ts';
import type { MeshSnapshot } from '../contract.ts';
import type { HealthProtocol } from '../health/contract.ts';
import type { LinksProtocol } from '../link/contract.ts';
import type { MembershipProtocol } from '../membership/contract.ts';
import { type MemoryBudget, PEER_BUDGET_BYTES, TOTAL_BUDGET_BYTES } from '../memory/budget.ts';
import type { MulticastProtocol } from '../multicast/contract.ts';
import type { NeighboursProtocol } from '../neighbours/contract.ts';
import type { UnicastProtocol } from '../streams/contract.ts';
import type { TopologyProtocol } from '../topology/contract.ts';
import type { FrameDispatcher } from './frame-dispatcher.ts';

export interface SnapshotParts {
  readonly links: LinksProtocol;
  readonly topology: TopologyProtocol;
  readonly membership: MembershipProtocol;
  readonly neighbours: NeighboursProtocol;
  readonly health: HealthProtocol;
  readonly unicast: UnicastProtocol;
  readonly multicast: MulticastProtocol;
  readonly budget: MemoryBudget;
  readonly dispatcher: FrameDispatcher;
}

/** Streams have no names here: whoever registered them fills those in. */
export function snapshotOf(parts: SnapshotParts, now: number): MeshSnapshot {
  const { membership, topology, links, health, neighbours, multicast } = parts;
  const routes = new Map<NodeId, NodeId>();
  for (const { id } of membership.members) {
    const nextHop = topology.router.route(id)?.nextHop;
    if (nextHop !== undefined) routes.set(id, nextHop);
  }
  return {
    members: membership.members,
    edges: [...topology.router.edges()],
    links: links.snapshot().map((link) => ({
      ...link,
      rttMs: health.rttMs(link.peer),
      loss: health.loss(link.peer),
      health: health.health(link.peer),
      why: neighbours.why(link.peer),
      isTreeEdge: multicast.treeEdges.has(link.peer),
    })),
    streams: parts.unicast.snapshot().map((stream) => ({ ...stream, name: undefined })),
    sessions: parts.unicast.sessionSnapshot(),
    suspicions: health.suspicions(now),
    table: health.table(now),
    memory: {
      usedBytes: parts.budget.total,
      limitBytes: TOTAL_BUDGET_BYTES,
      peerLimitBytes: PEER_BUDGET_BYTES,
    },
    routes,
    drops: new Map(parts.dispatcher.drops),
  };
}
