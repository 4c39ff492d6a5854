/**
 * Where to send a frame that is not for a neighbour: shortest paths by round trip (Dijkstra 1959), as a table of next hops.
 * Every Node computes its own from the same records and the same classes; while records are still spreading two tables can
 * disagree, which the hop limit and "never back where it came from" bound. Where everything changes all the time, most ask for one
 * path before the next change: the first few are looked for by themselves (route-search.ts). Then the table is begun, and carried on as
 * far as the target asked for.
 */
import type { NodeId } from '../../wire/index.ts';
import { CostQueue } from './cost-queue.ts';
import { edgeCost, HOP_COST_MS } from './edge-cost.ts';
import type { Graph } from './graph.ts';
import { type Found, findRoute } from './route-search.ts';
import type { Route } from './view.ts';

/** Paths looked for one by one, before the table is begun: it costs as much as some five of them. */
const MAX_SEARCHES = 3;

export class RouteTable {
  readonly #graph: Graph;
  #revision = -1;
  #costs = new Float64Array(0);
  #previous = new Int16Array(0);
  /** By slot: 1 when its shortest path is known. */
  #settled = new Uint8Array(0);
  readonly #queue = new CostQueue();
  /** By slot, of those asked for. */
  readonly #routes = new Map<number, Route>();
  #searches = 0;
  #isBegun = false;

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  get(target: NodeId): Route | undefined {
    const slot = this.#graph.slotOf(target);
    if (slot === undefined) return undefined;
    if (this.#revision !== this.#graph.weightRevision) {
      this.#revision = this.#graph.weightRevision;
      this.#routes.clear();
      this.#searches = 0;
      this.#isBegun = false;
    }
    return this.#routes.get(slot) ?? this.#routeTo(slot);
  }

  #routeTo(slot: number): Route | undefined {
    const isAlone = !this.#isBegun && this.#searches < MAX_SEARCHES;
    if (isAlone) this.#searches++;
    const found = isAlone ? findRoute(this.#graph, slot) : this.#inTable(slot);
    if (found === undefined) return undefined;
    const { cost, hops, first } = found;
    const nextHop = this.#graph.recordAt(first)?.id;
    if (nextHop === undefined) return undefined;
    const route = { nextHop, hops, rttMs: cost - hops * HOP_COST_MS };
    this.#routes.set(slot, route);
    return route;
  }

  #inTable(slot: number): Found | undefined {
    if (!this.#isBegun) this.#begin();
    this.#settle(slot);
    const cost = this.#costs[slot];
    if (cost === undefined || cost === Number.POSITIVE_INFINITY) return undefined;
    let hops = 1;
    let first = slot;
    for (let at = this.#previous[slot] ?? -1; at >= 0; at = this.#previous[at] ?? -1) {
      first = at;
      hops++;
    }
    return { cost, hops, first };
  }

  #begin(): void {
    const graph = this.#graph;
    this.#isBegun = true;
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
      const cost = edgeCost(graph.ownClass(slot));
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
        const cost = reached + edgeCost(graph.classAt(slot, i));
        if (cost >= (costs[next] ?? 0)) continue;
        costs[next] = cost;
        this.#previous[next] = slot;
        this.#queue.push(cost, next);
      }
    }
  }
}
