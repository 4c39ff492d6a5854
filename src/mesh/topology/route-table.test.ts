import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../wire/index.ts';
import { HOP_COST_MS } from './edge-cost.ts';
import { Graph } from './graph.ts';
import { TestNodes } from './nodes.testing.ts';
import { sealRecord } from './record-codec.ts';
import { nominalMs } from './round-trip-class.ts';
import { RouteTable } from './route-table.ts';

const COUNT = 12;
const nodes = new TestNodes();
const lives = nodes.lives(COUNT);
const id = (i: number): NodeId => (lives[i] as (typeof lives)[0]).id;

/** The same mesh as seen from Node `from`. */
function routesOf(edges: readonly (readonly [number, number, number])[], from: number) {
  const classes = lives.map(() => new Map<NodeId, number>());
  for (const [a, b, rttClass] of edges) {
    classes[a]?.set(id(b), rttClass);
    classes[b]?.set(id(a), rttClass);
  }
  const links = new Map([...(classes[from] ?? [])].map(([peer, rttClass]) => [peer, { rttClass }]));
  const graph = new Graph(id(from), links);
  lives.forEach((own, i) => {
    const neighbours = classes[i] ?? new Map();
    const fields = { version: 1, hasLeft: false, attributes: new Uint8Array(), neighbours };
    if (i !== from) graph.set(sealRecord(own, fields, nodes.nameHash, nodes.cryptography));
  });
  return { graph, table: new RouteTable(graph) };
}

describe('routes', () => {
  it('take a relay when it is faster than a slow direct Link by more than a hop costs', () => {
    const { table } = routesOf(
      [
        [0, 1, 9],
        [0, 2, 5],
        [2, 1, 5],
      ],
      0,
    );
    expect(table.get(id(1))).toEqual({ nextHop: id(2), hops: 2, rttMs: 16 });
    const close = routesOf(
      [
        [0, 1, 3],
        [0, 2, 1],
        [2, 1, 1],
      ],
      0,
    );
    expect(close.table.get(id(1))).toEqual({ nextHop: id(1), hops: 1, rttMs: 2 });
  });

  it('lead nowhere without a path, and not to ourselves', () => {
    const { table } = routesOf(
      [
        [0, 1, 1],
        [2, 3, 1],
      ],
      0,
    );
    expect(lives.map(({ id }) => table.get(id)).filter(Boolean)).toHaveLength(1);
    expect(table.get(id(0))).toBeUndefined();
  });

  it('cost the same as the best path found by trying all (Floyd-Warshall), and following them arrives', () => {
    const edge = fc.tuple(fc.nat(COUNT - 1), fc.nat(COUNT - 1), fc.integer({ min: 0, max: 8 }));
    fc.assert(
      fc.property(fc.array(edge, { minLength: 5, maxLength: 30, size: 'max' }), (drawn) => {
        const edges = [...new Map(drawn.map((e) => [[e[0], e[1]].sort().join(), e])).values()].filter(
          ([a, b]) => a !== b,
        );
        const cost = lives.map((_, a) => lives.map((_, b) => (a === b ? 0 : Number.POSITIVE_INFINITY)));
        const at = (a: number, b: number): number => cost[a]?.[b] ?? 0;
        const put = (a: number, b: number, value: number) => {
          (cost[a] as number[])[b] = value;
        };
        for (const [a, b, c] of edges) {
          put(a, b, nominalMs(c) + HOP_COST_MS);
          put(b, a, nominalMs(c) + HOP_COST_MS);
        }
        for (let k = 0; k < COUNT; k++)
          for (let a = 0; a < COUNT; a++)
            for (let b = 0; b < COUNT; b++) put(a, b, Math.min(at(a, b), at(a, k) + at(k, b)));
        const { table } = routesOf(edges, 0);
        for (let b = 1; b < COUNT; b++) {
          const route = table.get(id(b));
          const found = route ? route.rttMs + route.hops * HOP_COST_MS : Number.POSITIVE_INFINITY;
          expect(found).toBeCloseTo(at(0, b), 6);
          // Looked for by itself, as the first that anybody asks for.
          const alone = routesOf(edges, 0).table.get(id(b));
          expect(alone ? alone.rttMs + alone.hops * HOP_COST_MS : Number.POSITIVE_INFINITY).toBeCloseTo(
            at(0, b),
            6,
          );
          expect(alone === undefined).toBe(route === undefined);
          if (!route || route.nextHop === id(b)) continue;
          const next = lives.findIndex((own) => own.id === route.nextHop);
          const onward = routesOf(edges, next).table.get(id(b));
          expect(onward && onward.rttMs + onward.hops * HOP_COST_MS).toBeLessThan(found);
        }
      }),
      { numRuns: 60, seed: 2 },
    );
  });

  it('are computed anew only when an Edge or a class has changed', () => {
    const { graph, table } = routesOf([[0, 1, 5]], 0);
    const before = table.get(id(1));
    expect(table.get(id(1))).toBe(before);
    graph.ownChanged();
    expect(table.get(id(1))).toBe(before);
    graph.linksChanged(false);
    expect(table.get(id(1))).not.toBe(before);
  });
});
