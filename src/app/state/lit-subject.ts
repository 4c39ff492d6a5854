/**
 * The subject that is lit on the topology graph: who listens to it, the way there from this tab, and whether messages run along it. A way
 * begins with the hop that the mesh really takes; from there on it is the shortest one that this tab knows of.
 */
import { signal } from '@preact/signals';
import type { EdgeSnapshot } from '../../mesh/index.ts';
import type { NodeId } from '../../wire/index.ts';

/** What the graph shows of the chosen subject. */
export interface LitSubject {
  readonly pattern: string;
  readonly nodes: readonly NodeId[];
  /** Whose messages have come here, or to whom ours have gone, just now. */
  readonly running: ReadonlySet<NodeId>;
}

export type EdgeLight = 'lit' | 'running';

export const litSubject = signal<LitSubject | undefined>(undefined);

/** For so long after a message its way is shown as busy: long enough to be seen, short enough to follow a conversation. */
const RUNNING_MS = 1_500;

/** With whom messages were exchanged a moment ago. */
export class RecentTraffic {
  readonly #lastMs = new Map<NodeId, number>();

  add(nowMs: number, nodes: Iterable<NodeId>): void {
    for (const node of nodes) this.#lastMs.set(node, nowMs);
  }

  at(nowMs: number): ReadonlySet<NodeId> {
    for (const [node, atMs] of this.#lastMs) if (atMs + RUNNING_MS <= nowMs) this.#lastMs.delete(node);
    return new Set(this.#lastMs.keys());
  }

  clear(): void {
    this.#lastMs.clear();
  }
}

/** The same for both directions. */
export function edgeKey(a: NodeId, b: NodeId): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

export interface KnownPaths {
  readonly edges: readonly Pick<EdgeSnapshot, 'a' | 'b'>[];
  /** Next hop to each Node. */
  readonly routes: ReadonlyMap<NodeId, NodeId>;
}

/** The Edges of the ways from `self` to the subject's Nodes and to those with whom messages run, by `edgeKey`. */
export function lightsOf(
  { nodes, running }: Pick<LitSubject, 'nodes' | 'running'>,
  self: NodeId,
  { edges, routes }: KnownPaths,
): ReadonlyMap<string, EdgeLight> {
  const neighbours = neighboursOf(edges);
  /** By next hop: how each Node is reached from there without coming back through `self`. */
  const ways = new Map<NodeId, ReadonlyMap<NodeId, NodeId>>();
  const lights = new Map<string, EdgeLight>();
  const light = (target: NodeId, how: EdgeLight): void => {
    const next = routes.get(target) ?? target;
    if (target === self || !neighbours.get(self)?.has(next)) return;
    const way = ways.get(next) ?? shortestWays(next, self, neighbours);
    ways.set(next, way);
    if (!way.has(target)) return;
    for (let at = target; at !== next; at = way.get(at) ?? next)
      lights.set(edgeKey(at, way.get(at) ?? next), how);
    lights.set(edgeKey(self, next), how);
  };
  for (const node of nodes) light(node, 'lit');
  for (const node of running) light(node, 'running');
  return lights;
}

function neighboursOf(edges: KnownPaths['edges']): ReadonlyMap<NodeId, ReadonlySet<NodeId>> {
  const neighbours = new Map<NodeId, Set<NodeId>>();
  const add = (from: NodeId, to: NodeId): void => {
    const known = neighbours.get(from);
    if (known) known.add(to);
    else neighbours.set(from, new Set([to]));
  };
  for (const { a, b } of edges) {
    add(a, b);
    add(b, a);
  }
  return neighbours;
}

/** Of each Node that can be reached from `start`: the one before it on the shortest way. */
function shortestWays(
  start: NodeId,
  except: NodeId,
  neighbours: ReadonlyMap<NodeId, ReadonlySet<NodeId>>,
): ReadonlyMap<NodeId, NodeId> {
  const before = new Map([[start, start]]);
  // A map is walked in the order in which it grows: nearest first.
  for (const node of before.keys()) {
    for (const next of neighbours.get(node) ?? []) {
      if (next !== except && !before.has(next)) before.set(next, node);
    }
  }
  return before;
}
