/**
 * Where to send a frame that is not for a neighbour: shortest paths by measured round trip (Dijkstra 1959), as a table of
 * next hops. Every Node computes its own from the same records; while records are still spreading two tables can disagree,
 * which the hop limit and "never back where it came from" bound.
 */
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
  const queue = new CostQueue();
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
      queue.push(cost, to);
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

/** A binary heap of (cost, Node), the cheapest first. */
class CostQueue {
  readonly #heap: (readonly [number, NodeId])[] = [];

  push(cost: number, node: NodeId): void {
    const heap = this.#heap;
    const entry = [cost, node] as const;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = heap[parentAt];
      if (!parent || !isBefore(entry, parent)) break;
      heap[at] = parent;
      at = parentAt;
    }
    heap[at] = entry;
  }

  pop(): readonly [number, NodeId] | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (!top || !last || heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let childAt = 2 * at + 1;
      let child = heap[childAt];
      const right = heap[childAt + 1];
      if (child && right && isBefore(right, child)) {
        child = right;
        childAt++;
      }
      if (!child || !isBefore(child, last)) break;
      heap[at] = child;
      at = childAt;
    }
    heap[at] = last;
    return top;
  }
}

function isBefore(a: readonly [number, NodeId], b: readonly [number, NodeId]): boolean {
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
}
