/** The whole state of a Node as plain values, for the debug panel. Computed when asked for, by nobody else. */
import type { NodeId } from '../../wire/index.ts';
import type { EdgeSnapshot, MeshSnapshot } from '../contract.ts';
import type { RouteTable } from '../routing/route-table.ts';
import type { StreamSet } from '../streams/stream-set.ts';
import type { Topology } from '../topology/topology.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { LinkSet } from './link-set.ts';
import type { Membership } from './membership.ts';

export function inspectMesh(parts: {
  membership: Membership;
  topology: Topology;
  links: LinkSet;
  streams: StreamSet;
  routes: RouteTable;
  dispatcher: Dispatcher;
}): MeshSnapshot {
  const routes = new Map<NodeId, NodeId>();
  for (const [id, route] of parts.routes.all()) routes.set(id, route.nextHop);
  return {
    members: parts.membership.members,
    edges: edgesOf(parts.topology),
    links: parts.links.snapshot(),
    streams: parts.streams.snapshot(),
    routes,
    drops: new Map(parts.dispatcher.drops),
  };
}

/** Each Edge once, of those that lead to us. */
function edgesOf(topology: Topology): EdgeSnapshot[] {
  const edges: EdgeSnapshot[] = [];
  const graph = topology.graph();
  for (const a of topology.hops().keys()) {
    for (const [b, rttMs] of graph.get(a) ?? []) if (a < b) edges.push({ a, b, rttMs });
  }
  return edges;
}
