/**
 * Where to send a frame that is not for a neighbour: shortest paths by measured round trip (Dijkstra 1959), as a table of
 * next hops. Every Node computes its own from the same records; while records are still spreading two tables can disagree,
 * which the hop limit and "never back where it came from" bound.
 */
import { Heap } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { Adjacency } from '../topology/graph.ts';

/**
 * What a relay costs besides the wire: its event loop and a share of its upload. On one machine round trips are below a
 * millisecond and noisy, so a direct Link must win unless a detour saves more than this. A guess; the simulator's
 * comparison with other routings will tell.
 */
export const HOP_COST_MS = 2;
/** An Edge nobody has measured yet: better than a slow one, worse than a measured neighbour on the LAN. */
const UNMEASURED_RTT_MS = 50;

export interface Route {
  readonly nextHop: NodeId;
  readonly hops: number;
  /** Sum of the measured round trips on the path, ms. */
  readonly rttMs: number;
}

/** Routes from `self` to everyone it can reach, itself left out. Deterministic: ties go to the smaller id. */
export function computeRoutes(graph: Adjacency, self: NodeId): Map<NodeId, Route> {
  const routes = new Map<NodeId, Route>();
  const best = new Map<NodeId, number>([[self, 0]]);
  const queue = new Heap<readonly [cost: number, node: NodeId]>(isBefore);
  const relax = (from: NodeId, via: Route | undefined, fromCost: number): void => {
    for (const [to, rtt] of graph.get(from) ?? []) {
      const rttMs = rtt ?? UNMEASURED_RTT_MS;
      const cost = fromCost + rttMs + HOP_COST_MS;
      const known = best.get(to);
      if (known !== undefined && known <= cost) continue;
      best.set(to, cost);
      routes.set(to, {
        nextHop: via?.nextHop ?? to,
        hops: (via?.hops ?? 0) + 1,
        rttMs: (via?.rttMs ?? 0) + rttMs,
      });
      queue.push([cost, to]);
    }
  };
  relax(self, undefined, 0);
  for (let next = queue.pop(); next; next = queue.pop()) {
    const [cost, node] = next;
    if (cost > (best.get(node) ?? 0)) continue; // a shorter path to it was found since
    relax(node, routes.get(node), cost);
  }
  return routes;
}

function isBefore(a: readonly [number, NodeId], b: readonly [number, NodeId]): boolean {
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
}
