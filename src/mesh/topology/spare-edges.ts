/**
 * Which Links may be cut without ever cutting the graph, though every Node decides by itself and at the same moment. Each Edge
 * has a weight that all compute alike from its two ids. The lightest spanning forest (Kruskal 1956) holds everyone together;
 * an Edge outside it is the heaviest of some cycle, so what remains when *all* such Edges go is still connected. Nobody cuts
 * an Edge of the forest: no two deliberate cuts can part the mesh, whatever their timing.
 *
 * Nobody builds the forest either: an Edge is outside it exactly when lighter ones lead from its one end to the other, and that
 * is a walk over the lighter ones (some 20 µs at 1,000 Nodes).
 */
import type { NodeId } from '../../wire/index.ts';
import type { Graph } from './graph.ts';

/** Of the walk at work: shared, because nothing is kept in them. */
let marks = new Uint8Array(64);
let stack = new Int16Array(64);

/**
 * Whether our Link to this neighbour may go. `ownKey`: our own `ownerKey` (record.ts). Of two Edges that weigh the same, which
 * happens once in 2^32, neither counts as the lighter one: then one more than needed is kept.
 */
export function isSpare(graph: Graph, ownKey: number, neighbour: NodeId): boolean {
  const goal = graph.slotOf(neighbour);
  if (goal === undefined) return false;
  const limit = edgeWeight(ownKey, graph.keyAt(goal));
  if (marks.length < graph.slotCount) {
    marks = new Uint8Array(2 * graph.slotCount);
    stack = new Int16Array(2 * graph.slotCount);
  }
  marks.fill(0, 0, graph.slotCount);
  let top = 0;
  for (const slot of graph.ownEdges()) {
    if (edgeWeight(ownKey, graph.keyAt(slot)) >= limit) continue;
    marks[slot] = 1;
    stack[top++] = slot;
  }
  while (top > 0) {
    const slot = stack[--top] ?? 0;
    const key = graph.keyAt(slot);
    for (let i = graph.edgeCount(slot) - 1; i >= 0; i--) {
      const next = graph.edgeAt(slot, i);
      if (marks[next] === 1 || edgeWeight(key, graph.keyAt(next)) >= limit) continue;
      if (next === goal) return true;
      marks[next] = 1;
      stack[top++] = next;
    }
  }
  return false;
}

/** The same from both ends. 32 bits of both keys (the finalizer of MurmurHash3, Appleby 2011, over their sum, one multiplied). */
export function edgeWeight(keyA: number, keyB: number): number {
  const isInOrder = keyA >>> 0 < keyB >>> 0;
  const low = isInOrder ? keyA : keyB;
  const high = isInOrder ? keyB : keyA;
  let h = (Math.imul(low, 0x9e3779b1) + high) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
