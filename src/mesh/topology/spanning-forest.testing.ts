/** Test support: the rule of spare-edges.ts by the book, from a list of all Edges: what the real thing is compared with. */
import type { NodeId } from '../../wire/index.ts';
import { ownerKeyOf } from './record.ts';
import { edgeWeight } from './spare-edges.ts';

interface WeightedEdge {
  readonly a: NodeId;
  readonly b: NodeId;
  readonly weight: number;
}

/** The neighbours of `self` whose Edge is not in the lightest spanning forest (Kruskal 1956). `edges`: every Edge known, each once. */
export function sparableNeighbours(
  self: NodeId,
  edges: Iterable<{ readonly a: NodeId; readonly b: NodeId }>,
): Set<NodeId> {
  const sorted: WeightedEdge[] = [];
  for (const { a, b } of edges) {
    const [first, second] = a < b ? [a, b] : [b, a];
    sorted.push({ a: first, b: second, weight: edgeWeight(ownerKeyOf(first), ownerKeyOf(second)) });
  }
  sorted.sort(lighterFirst);
  const trees = new DisjointSets();
  const sparable = new Set<NodeId>();
  for (const { a, b } of sorted) {
    if (trees.join(a, b)) continue;
    if (a === self) sparable.add(b);
    else if (b === self) sparable.add(a);
  }
  return sparable;
}

/** A total order: equal weights are told apart by the ids, alike for everyone. */
function lighterFirst(x: WeightedEdge, y: WeightedEdge): number {
  if (x.weight !== y.weight) return x.weight - y.weight;
  if (x.a !== y.a) return x.a < y.a ? -1 : 1;
  return x.b < y.b ? -1 : x.b > y.b ? 1 : 0;
}

/** Union-find with path halving (Tarjan & van Leeuwen 1984). */
class DisjointSets {
  readonly #parents = new Map<NodeId, NodeId>();

  /** False when both were in one set already. */
  join(a: NodeId, b: NodeId): boolean {
    const [rootA, rootB] = [this.#root(a), this.#root(b)];
    if (rootA === rootB) return false;
    this.#parents.set(rootA, rootB);
    return true;
  }

  #root(id: NodeId): NodeId {
    let at = id;
    for (;;) {
      const parent = this.#parents.get(at) ?? at;
      if (parent === at) return at;
      const grandparent = this.#parents.get(parent) ?? parent;
      this.#parents.set(at, grandparent);
      at = grandparent;
    }
  }
}
