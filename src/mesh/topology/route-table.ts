/**
 * Where to send a frame that is not for a neighbour: shortest paths by round trip, as a table of next hops. Every Node computes its own
 * from the same records and the same classes; while records are still spreading two tables can disagree, which the hop limit and "never
 * back where it came from" bound. A path is looked for when somebody asks, and kept until an Edge or a class changes: where everything
 * changes all the time, most ask for one before the next change.
 */
import type { NodeId } from '../../wire/index.ts';
import { HOP_COST_MS } from './edge-cost.ts';
import type { Graph } from './graph.ts';
import { findRoute } from './route-search.ts';
import type { Route } from './view.ts';

export class RouteTable {
  readonly #graph: Graph;
  #revision = -1;
  /** By slot, of those asked for. */
  readonly #routes = new Map<number, Route | undefined>();

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  get(target: NodeId): Route | undefined {
    const slot = this.#graph.slotOf(target);
    if (slot === undefined) return undefined;
    if (this.#revision !== this.#graph.weightRevision) {
      this.#revision = this.#graph.weightRevision;
      this.#routes.clear();
    }
    if (!this.#routes.has(slot)) this.#routes.set(slot, this.#find(slot));
    return this.#routes.get(slot);
  }

  #find(slot: number): Route | undefined {
    const found = findRoute(this.#graph, slot);
    const nextHop = found && this.#graph.recordAt(found.first)?.id;
    return nextHop && { nextHop, hops: found.hops, rttMs: found.cost - found.hops * HOP_COST_MS };
  }
}
