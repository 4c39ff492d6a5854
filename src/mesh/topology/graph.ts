/**
 * The Edges as the records tell them, seen from one Node. An Edge between two others counts when both ends list it: a dead
 * or lying Node cannot keep an Edge alive alone. Our own Links count at once, we know them first hand.
 */
import type { NodeId } from '../../wire/index.ts';

/** Round trip of every Edge of a Node, ms; undefined while unmeasured. */
export type Adjacency = ReadonlyMap<NodeId, ReadonlyMap<NodeId, number | undefined>>;

/** Everyone with a path from `from`, itself included, in order of hops. `without` leaves one Edge out. */
export function reachableFrom(
  graph: Adjacency,
  from: NodeId,
  without?: readonly [NodeId, NodeId],
): Map<NodeId, number> {
  const hops = new Map<NodeId, number>([[from, 0]]);
  for (const [node, depth] of hops) {
    for (const next of graph.get(node)?.keys() ?? []) {
      if (hops.has(next) || (without && isEdge(without, node, next))) continue;
      hops.set(next, depth + 1); // a Map iterates over what is added on the way: this is the breadth-first queue
    }
  }
  return hops;
}

/** Whether a and b stay connected, within `maxHops`, when the Edge between them goes. */
export function hasDetour(
  graph: Adjacency,
  a: NodeId,
  b: NodeId,
  maxHops = Number.POSITIVE_INFINITY,
): boolean {
  const hops = reachableFrom(graph, a, [a, b]).get(b);
  return hops !== undefined && hops <= maxHops;
}

function isEdge([a, b]: readonly [NodeId, NodeId], x: NodeId, y: NodeId): boolean {
  return (a === x && b === y) || (a === y && b === x);
}
