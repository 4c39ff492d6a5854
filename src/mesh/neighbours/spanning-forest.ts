/**
 * Which Links may be cut without ever cutting the graph, though every Node decides by itself and at the same moment. Each Edge
 * has a weight that all compute alike from its two ids. The lightest spanning forest (Kruskal 1956) holds everyone together;
 * an Edge outside it is the heaviest of some cycle, so what remains when *all* such Edges go is still connected. Nobody cuts
 * an Edge of the forest: no two deliberate cuts can part the mesh, whatever their timing.
 */
import type { NodeId } from '../../wire/index.ts';

interface WeightedEdge {
  readonly a: NodeId;
  readonly b: NodeId;
  readonly weight: number;
}

/** The neighbours of `self` whose Edge is not in the forest. `edges`: every Edge known, each once. */
export function sparableNeighbours(
  self: NodeId,
  edges: Iterable<{ readonly a: NodeId; readonly b: NodeId }>,
): Set<NodeId> {
  const salts = new Map<NodeId, number>();
  const sorted: WeightedEdge[] = [];
  for (const { a, b } of edges) {
    const [first, second] = a < b ? [a, b] : [b, a];
    const weight = mixed(saltOf(first, salts), saltOf(second, salts));
    sorted.push({ a: first, b: second, weight });
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

function saltOf(id: NodeId, salts: Map<NodeId, number>): number {
  let salt = salts.get(id);
  if (salt === undefined) {
    salt = Number.parseInt(id.slice(0, 8), 16) | 0;
    salts.set(id, salt);
  }
  return salt;
}

/** 32 bits of both salts (the finalizer of MurmurHash3, Appleby 2011, over their sum with one multiplied). */
function mixed(a: number, b: number): number {
  let h = (Math.imul(a, 0x9e3779b1) + b) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
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
