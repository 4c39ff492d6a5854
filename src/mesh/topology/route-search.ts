/**
 * One shortest path, looked for from both of its ends at once (Pohl 1971): among a thousand Nodes the two meet after some dozens on
 * either side, where Dijkstra (1959) looks at five hundred for the path to one. Edges cost the same both ways.
 *
 * What a search writes is of no use after it, so all Nodes of a process write in the same place.
 */
import { Heap } from '../../runtime/index.ts';
import { edgeCost } from './edge-cost.ts';
import type { Graph } from './graph.ts';

export interface Found {
  readonly cost: number;
  readonly hops: number;
  /** The slot of the neighbour that it begins with. */
  readonly first: number;
}

interface Reached {
  readonly cost: number;
  readonly slot: number;
}

const isNearer = (a: Reached, b: Reached): boolean => a.cost < b.cost;

const NONE = -1;
const FAR = Number.POSITIVE_INFINITY;

/** What is known from one end: shortest paths from there, the nearest first. */
class End {
  /** Whom it goes on from, the nearest first; some stand here twice. */
  #queue = new Heap<Reached>(isNearer);
  costs = new Float64Array(0);
  /** The slot before, seen from this end; NONE where it begins. */
  previous = new Int16Array(0);
  /** The cheapest path over somebody whom both ends have reached, and whom. */
  best = FAR;
  middle = NONE;
  readonly #written: number[] = [];

  begin(slotCount: number): void {
    for (const slot of this.#written) this.costs[slot] = FAR;
    this.#written.length = 0;
    this.#queue = new Heap(isNearer);
    this.best = FAR;
    this.middle = NONE;
    if (this.costs.length >= slotCount) return;
    this.costs = new Float64Array(2 * slotCount).fill(FAR);
    this.previous = new Int16Array(2 * slotCount);
  }

  /** What the nearest costs that it has not gone on from. */
  get least(): number {
    return this.#queue.peek()?.cost ?? FAR;
  }

  reach(slot: number, cost: number, previous: number, other?: End): void {
    if (this.costs[slot] === FAR) this.#written.push(slot);
    this.costs[slot] = cost;
    this.previous[slot] = previous;
    this.#queue.push({ cost, slot });
    const whole = cost + (other?.costs[slot] ?? FAR);
    if (whole >= this.best) return;
    this.best = whole;
    this.middle = slot;
  }

  /** Goes on from the nearest that it has not gone on from. There is one. */
  step(graph: Graph, other: End): void {
    const { cost: reached = FAR, slot = NONE } = this.#queue.pop() ?? {};
    if (reached > (this.costs[slot] ?? NONE)) return; // a shorter path was found later
    for (let i = graph.edgeCount(slot) - 1; i >= 0; i--) {
      const next = graph.edgeAt(slot, i);
      const cost = reached + edgeCost(graph.classAt(slot, i));
      if (cost < (this.costs[next] ?? 0)) this.reach(next, cost, slot, other);
    }
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
  theirs.begin(graph.slotCount);
  theirs.reach(goal, 0, NONE);
  ours.begin(graph.slotCount);
  for (const slot of graph.ownEdges()) ours.reach(slot, edgeCost(graph.ownClass(slot)), NONE, theirs);
  // A path that has not been found goes on from both ends, so it costs no less than what is next at either.
  while (ours.least + theirs.least < Math.min(ours.best, theirs.best)) {
    if (ours.least <= theirs.least) ours.step(graph, theirs);
    else theirs.step(graph, ours);
  }
  const { best, middle } = ours.best <= theirs.best ? ours : theirs;
  if (middle === NONE) return undefined;
  const { edges, last } = ours.walk(middle);
  return { cost: best, hops: 1 + edges + theirs.walk(middle).edges, first: last };
}
