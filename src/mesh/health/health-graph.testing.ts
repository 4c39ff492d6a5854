/** Test support: the graph of a health network as each of its Nodes sees it, all at once: it knows every Link, not who is dead. */
import type { NodeId } from '../../wire/index.ts';
import type { Router, View } from '../topology/view.ts';

type Nodes = ReadonlyMap<NodeId, { readonly neighbours: ReadonlyMap<NodeId, unknown> }>;

/** First hop of a shortest path. */
export function nextHop(nodes: Nodes, from: NodeId, to: NodeId): NodeId | undefined {
  const cameFrom = new Map<NodeId, NodeId>([[from, from]]);
  const frontier = [from];
  for (const id of frontier) {
    if (id === to) break;
    for (const next of nodes.get(id)?.neighbours.keys() ?? []) {
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, id);
      frontier.push(next);
    }
  }
  let hop: NodeId | undefined = to;
  while (hop !== undefined && cameFrom.get(hop) !== from) hop = cameFrom.get(hop);
  return hop;
}

export function viewOf(self: NodeId, nodes: Nodes): View {
  const isLinked = (id: NodeId) => (nodes.get(id)?.neighbours.size ?? 0) > 0;
  const others = () => [...nodes.keys()].filter((id) => id !== self && isLinked(id));
  return {
    has: isLinked,
    get size() {
      return others().length;
    },
    revision: 0, // everyone is looked at each time
    ids: others,
    changed: () => undefined,
    sample: (count) => others().slice(0, count),
    attributes: () => undefined,
    hasLeft: () => false,
    degree: (id) => nodes.get(id)?.neighbours.size ?? 0,
  };
}

export function routerOf(self: NodeId, nodes: Nodes): Router {
  return {
    route: (target) => {
      const hop = nextHop(nodes, self, target);
      return hop === undefined ? undefined : { nextHop: hop, hops: 1, rttMs: 1 };
    },
    hops: () => undefined,
    hasDetour: () => true,
    isSpare: () => false,
    *edges() {
      for (const [id, { neighbours }] of nodes) {
        for (const b of neighbours.keys()) if (id < b) yield { a: id, b, rttMs: undefined };
      }
    },
  };
}
