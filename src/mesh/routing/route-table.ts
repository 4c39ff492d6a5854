/** The routes of one Node, computed when first asked after the topology changed: a burst of changes costs one run. */
import type { NodeId } from '../../wire/index.ts';
import type { Topology } from '../topology/topology.ts';
import { computeRoutes, type Route } from './routes.ts';

export class RouteTable {
  readonly #self: NodeId;
  readonly #topology: Topology;
  #routes: ReadonlyMap<NodeId, Route> = new Map();
  #revision = -1;

  constructor(self: NodeId, topology: Topology) {
    this.#self = self;
    this.#topology = topology;
  }

  get(target: NodeId): Route | undefined {
    return this.all().get(target);
  }

  all(): ReadonlyMap<NodeId, Route> {
    if (this.#revision !== this.#topology.revision) {
      this.#routes = computeRoutes(this.#topology.graph(), this.#self);
      this.#revision = this.#topology.revision;
    }
    return this.#routes;
  }
}
