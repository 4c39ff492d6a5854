/**
 * One shortest path, looked for from both of its ends at once (Pohl 1971): among a thousand Nodes the two meet after some dozens on
 * either side, where a table of all paths looks at five hundred for the path to one. Edges cost the same both ways.
 *
 * What a search writes is of no use after it, so all Nodes of a process write in the same place.
 */
import { CostQueue } from './cost-queue.ts';
import { edgeCost } from './edge-cost.ts';
import type { Graph } from './graph.ts';

export interface Found {
  readonly cost: number;
  readonly hops: number;
  /** The slot of the neighbour that it begins with. */
  readonly first: number;
}

const NONE = -1;
const FAR = Number.POSITIVE_INFINITY;

/** What is known from one end. */
class End {
  readonly queue = new CostQueue();
  costs = new Float64Array(0);
  /** The slot before, seen from this end; NONE where it begins. */
  previous = new Int16Array(0);
  /** 1 when no shorter path will be found. */
  settled = new Uint8Array(0);
  readonly #written: number[] = [];

  begin(slotCount: number): void {
    for (const slot of this.#written) {
      this.costs[slot] = FAR;
      this.settled[slot] = 0;
    }
    this.#written.length = 0;
    this.queue.clear();
    if (this.costs.length >= slotCount) return;
    this.costs = new Float64Array(2 * slotCount).fill(FAR);
    this.previous = new Int16Array(2 * slotCount);
    this.settled = new Uint8Array(2 * slotCount);
  }

  reach(slot: number, cost: number, previous: number): void {
    if (this.costs[slot] === FAR) this.#written.push(slot);
    this.costs[slot] = cost;
    this.previous[slot] = previous;
    this.queue.push(cost, slot);
  }

  /** Edges from there to where this end begins, and the slot at which it does. */
  walk(slot: number): { readonly edges: number; readonly last: number } {
    let edges = 0;
    let last = slot;
    for (let at = this.previous[slot] ?? NONE; at !== NONE; at = this.previous[at] ?? NONE) {
      last = at;
      edges++;
    }
    return { edges, last };
  }
}

const ours = new End();
const theirs = new End();

/** The shortest path from us to the Node at this slot; undefined when there is none. */
export function findRoute(graph: Graph, goal: number): Found | undefined {
  ours.begin(graph.slotCount);
  theirs.begin(graph.slotCount);
  theirs.reach(goal, 0, NONE);
  let best = FAR;
  let middle = NONE;
  for (const slot of graph.ownEdges()) {
    const cost = edgeCost(graph.ownClass(slot));
    ours.reach(slot, cost, NONE);
    if (slot !== goal || cost >= best) continue;
    best = cost;
    middle = slot;
  }
  // A path that has not been found goes on from both ends, so it costs no less than what is next at either.
  while (ours.queue.least + theirs.queue.least < best) {
    const isOurs = ours.queue.least <= theirs.queue.least;
    const [end, other] = isOurs ? [ours, theirs] : [theirs, ours];
    const slot = end.queue.pop();
    if (end.settled[slot] === 1) continue; // by a shorter path that was found later
    end.settled[slot] = 1;
    const reached = end.costs[slot] ?? FAR;
    for (let i = graph.edgeCount(slot) - 1; i >= 0; i--) {
      const next = graph.edgeAt(slot, i);
      const cost = reached + edgeCost(graph.classAt(slot, i));
      if (cost >= (end.costs[next] ?? FAR)) continue;
      end.reach(next, cost, slot);
      const whole = cost + (other.costs[next] ?? FAR);
      if (whole >= best) continue;
      best = whole;
      middle = next;
    }
  }
  if (middle === NONE) return undefined;
  const { edges, last } = ours.walk(middle);
  return { cost: best, hops: 1 + edges + theirs.walk(middle).edges, first: last };
}
