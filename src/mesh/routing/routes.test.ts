import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom, uniform } from '../../runtime/index.ts';
import { type NodeId, newNodeId } from '../../wire/index.ts';
import { Topology } from '../topology/topology.ts';
import { RouteTable } from './route-table.ts';
import { computeRoutes, HOP_COST_MS } from './routes.ts';

const random = seededRandom(5);
const ids = Array.from({ length: 12 }, () => newNodeId(random)).sort();
const id = (i: number): NodeId => ids[i] as NodeId;

function graphOf(edges: readonly (readonly [number, number, number | undefined])[]) {
  const graph = new Map<NodeId, Map<NodeId, number | undefined>>();
  for (const [a, b, rtt] of edges) {
    for (const [x, y] of [
      [a, b],
      [b, a],
    ] as const) {
      const edgesOf = graph.get(id(x)) ?? new Map<NodeId, number | undefined>();
      graph.set(id(x), edgesOf.set(id(y), rtt));
    }
  }
  return graph;
}

describe('routes', () => {
  it('take a relay when it is faster than a slow direct Link by more than a hop costs', () => {
    const routes = computeRoutes(
      graphOf([
        [0, 1, 100],
        [0, 2, 10],
        [2, 1, 10],
      ]),
      id(0),
    );
    expect(routes.get(id(1))).toEqual({ nextHop: id(2), hops: 2, rttMs: 20 });
    const close = computeRoutes(
      graphOf([
        [0, 1, 20 + HOP_COST_MS / 2],
        [0, 2, 10],
        [2, 1, 10],
      ]),
      id(0),
    );
    expect(close.get(id(1))?.nextHop).toBe(id(1));
  });

  it('lead nowhere without a path, and not to ourselves', () => {
    const routes = computeRoutes(
      graphOf([
        [0, 1, 1],
        [2, 3, 1],
      ]),
      id(0),
    );
    expect([...routes.keys()]).toEqual([id(1)]);
  });

  it('cost the same as the best path found by trying all (Floyd-Warshall)', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 5, max: 30 }), (seed, count) => {
        const chance = seededRandom(seed);
        const pick = () => Math.floor(uniform(chance) * 12);
        const edges = Array.from(
          { length: count },
          () => [pick(), pick(), uniform(chance) * 50] as const,
        ).filter(([a, b]) => a !== b);
        const graph = graphOf(edges);
        const cost = ids.map((a) =>
          ids.map((b) => (a === b ? 0 : (graph.get(a)?.get(b) ?? Number.POSITIVE_INFINITY) + HOP_COST_MS)),
        );
        const at = (a: number, b: number): number => cost[a]?.[b] ?? 0;
        for (let k = 0; k < 12; k++)
          for (let a = 0; a < 12; a++)
            for (let b = 0; b < 12; b++) (cost[a] as number[])[b] = Math.min(at(a, b), at(a, k) + at(k, b));
        const routes = computeRoutes(graph, id(0));
        for (let b = 1; b < 12; b++) {
          const route = routes.get(id(b));
          const found = route ? route.rttMs + route.hops * HOP_COST_MS : Number.POSITIVE_INFINITY;
          if (Number.isFinite(at(0, b))) expect(found).toBeCloseTo(at(0, b), 6);
          else expect(route).toBeUndefined();
          // Following the next hops arrives, each closer than the last.
          if (route) {
            const onward = computeRoutes(graph, route.nextHop).get(id(b));
            expect(route.nextHop === id(b) || (onward && onward.rttMs < route.rttMs + 1e-9)).toBe(true);
          }
        }
      }),
      { numRuns: 60, seed: 2 },
    );
  });

  it('are computed anew only when the topology changed', () => {
    const info = { deviceName: 'a', cores: 1, workers: 1, platform: 'page' } as const;
    const topology = new Topology(id(0), info);
    const table = new RouteTable(id(0), topology);
    const before = table.all();
    expect(table.all()).toBe(before);
    topology.setNeighbours(new Map([[id(1), 1]]));
    expect(table.all()).not.toBe(before);
  });
});
