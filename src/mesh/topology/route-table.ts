/**
 * Where to send a frame that is not for a neighbour: shortest paths by round trip (Dijkstra 1959), as a table of next hops.
 * Every Node computes its own from the same records and the same classes; while records are still spreading two tables can
 * disagree, which the hop limit and "never back where it came from" bound. Begun when first asked after an Edge or a class has
 * changed, and carried on as far as the target asked for: where everything changes all the time, most ask for one.
 */
import type { NodeId } from '../../wire/index.ts';
import type { Graph } from './graph.ts';
import { nominalMs } from './round-trip-class.ts';
import type { Route } from './view.ts';

/**
 * What a relay costs besides the wire: its event loop and a share of its upload. On one machine round trips are below a
 * millisecond and noisy, so a direct Link must win unless a detour saves more than this. A guess; the simulator's
 * comparison with other routings will tell.
 */
export const HOP_COST_MS = 2;

export class RouteTable {
  readonly #graph: Graph;
  #revision = -1;
  #costs = new Float64Array(0);
  #previous = new Int16Array(0);
  /** By slot: 1 when its shortest path is known. */
  #settled = new Uint8Array(0);
  readonly #queue = new CostQueue();
  /** Made when first asked for. */
  #routes: (Route | undefined)[] = [];

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  get(target: NodeId): Route | undefined {
    const slot = this.#graph.slotOf(target);
    if (slot === undefined) return undefined;
    if (this.#revision !== this.#graph.weightRevision) this.#begin();
    return this.#routeTo(slot);
  }

  #routeTo(slot: number): Route | undefined {
    const known = this.#routes[slot];
    if (known) return known;
    this.#settle(slot);
    const cost = this.#costs[slot];
    if (cost === undefined || cost === Number.POSITIVE_INFINITY) return undefined;
    let hops = 1;
    let first = slot;
    for (let at = this.#previous[slot] ?? -1; at >= 0; at = this.#previous[at] ?? -1) {
      first = at;
      hops++;
    }
    const nextHop = this.#graph.recordAt(first)?.id;
    if (nextHop === undefined) return undefined;
    const route = { nextHop, hops, rttMs: cost - hops * HOP_COST_MS };
    this.#routes[slot] = route;
    return route;
  }

  #begin(): void {
    const graph = this.#graph;
    this.#revision = graph.weightRevision;
    this.#routes = [];
    if (this.#costs.length < graph.slotCount) {
      this.#costs = new Float64Array(2 * graph.slotCount);
      this.#previous = new Int16Array(2 * graph.slotCount);
      this.#settled = new Uint8Array(2 * graph.slotCount);
    }
    this.#costs.fill(Number.POSITIVE_INFINITY);
    this.#previous.fill(-1);
    this.#settled.fill(0);
    this.#queue.clear();
    for (const slot of graph.ownEdges()) {
      const cost = nominalMs(graph.ownClass(slot)) + HOP_COST_MS;
      this.#costs[slot] = cost;
      this.#queue.push(cost, slot);
    }
  }

  /** Carries on until the shortest path to this slot is known, or all there are. */
  #settle(goal: number): void {
    const graph = this.#graph;
    const costs = this.#costs;
    const settled = this.#settled;
    while (settled[goal] === 0) {
      const slot = this.#queue.pop();
      if (slot < 0) return;
      if (settled[slot] === 1) continue; // by a shorter path that was found later
      settled[slot] = 1;
      const reached = costs[slot] ?? 0;
      for (let i = graph.edgeCount(slot) - 1; i >= 0; i--) {
        const next = graph.edgeAt(slot, i);
        const cost = reached + nominalMs(graph.classAt(slot, i)) + HOP_COST_MS;
        if (cost >= (costs[next] ?? 0)) continue;
        costs[next] = cost;
        this.#previous[next] = slot;
        this.#queue.push(cost, next);
      }
    }
  }
}

/** A binary heap of (cost, slot) in two plain arrays: no object an entry. */
class CostQueue {
  readonly #costs: number[] = [];
  readonly #slots: number[] = [];

  clear(): void {
    this.#costs.length = 0;
    this.#slots.length = 0;
  }

  push(cost: number, slot: number): void {
    const costs = this.#costs;
    const slots = this.#slots;
    let at = costs.push(cost) - 1;
    slots.push(slot);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const parentCost = costs[parent] ?? 0;
      if (parentCost <= cost) break;
      costs[at] = parentCost;
      slots[at] = slots[parent] ?? 0;
      at = parent;
    }
    costs[at] = cost;
    slots[at] = slot;
  }

  /** The slot of least cost, -1 when there is none. */
  pop(): number {
    const costs = this.#costs;
    const slots = this.#slots;
    const top = slots[0] ?? -1;
    const cost = costs.pop() ?? 0;
    const slot = slots.pop() ?? 0;
    const size = costs.length;
    if (size === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && (costs[child + 1] ?? 0) < (costs[child] ?? 0)) child++;
      const childCost = costs[child] ?? 0;
      if (childCost >= cost) break;
      costs[at] = childCost;
      slots[at] = slots[child] ?? 0;
      at = child;
    }
    costs[at] = cost;
    slots[at] = slot;
    return top;
  }
}
