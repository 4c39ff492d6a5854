/** Test support: the graph as one Node of the toy mesh sees it: a snapshot. */
import { integerBelow, type Random } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { sparableNeighbours } from '../topology/spanning-forest.testing.ts';
import type { Route, Router, View } from '../topology/view.ts';

type Edges = ReadonlyMap<NodeId, ReadonlyMap<NodeId, number>>;

export class Sight implements View, Router {
  readonly hopsTo = new Map<NodeId, { hops: number; nextHop: NodeId; rttMs: number }>();
  readonly #left: ReadonlySet<NodeId>;
  #edges: Edges = new Map();
  revision = 0;

  constructor(
    readonly self: NodeId,
    left: ReadonlySet<NodeId>,
  ) {
    this.#left = left;
  }

  refresh(edges: Edges): void {
    this.#edges = edges;
    this.revision++;
    this.hopsTo.clear();
    const queue: NodeId[] = [this.self];
    for (const at of queue) {
      const here = this.hopsTo.get(at);
      for (const [next, rtt] of edges.get(at) ?? []) {
        if (next === this.self || this.hopsTo.has(next)) continue;
        const route = {
          hops: (here?.hops ?? 0) + 1,
          nextHop: here?.nextHop ?? next,
          rttMs: (here?.rttMs ?? 0) + rtt,
        };
        this.hopsTo.set(next, route);
        queue.push(next);
      }
    }
  }

  get size(): number {
    return this.hopsTo.size;
  }
  has(id: NodeId): boolean {
    return this.hopsTo.has(id);
  }
  ids(): Iterable<NodeId> {
    return this.hopsTo.keys();
  }
  changed(): undefined {
    return undefined;
  }
  sample(count: number, random: Random): NodeId[] {
    const all = [...this.hopsTo.keys()];
    const sample: NodeId[] = [];
    while (sample.length < count && all.length > 0)
      sample.push(...all.splice(integerBelow(random, all.length), 1));
    return sample;
  }
  attributes(): undefined {
    return undefined;
  }
  hasLeft(id: NodeId): boolean {
    return this.#left.has(id);
  }
  degree(id: NodeId): number {
    return this.#edges.get(id)?.size ?? 0;
  }
  route(target: NodeId): Route | undefined {
    return this.hopsTo.get(target);
  }
  hops(target: NodeId): number | undefined {
    return this.hopsTo.get(target)?.hops;
  }
  hasDetour(neighbour: NodeId, maxHops: number): boolean {
    const seen = new Set([this.self]);
    let ring = [this.self];
    for (let hop = 1; hop <= maxHops; hop++) {
      const next: NodeId[] = [];
      for (const at of ring) {
        for (const peer of this.#edges.get(at)?.keys() ?? []) {
          if (seen.has(peer) || (at === this.self && peer === neighbour)) continue;
          if (peer === neighbour) return true;
          seen.add(peer);
          next.push(peer);
        }
      }
      ring = next;
    }
    return false;
  }
  isSpare(neighbour: NodeId): boolean {
    return sparableNeighbours(this.self, this.edges()).has(neighbour);
  }
  *edges() {
    for (const [a, peers] of this.#edges) {
      for (const [b, rttMs] of peers) if (a < b) yield { a, b, rttMs };
    }
  }
}
