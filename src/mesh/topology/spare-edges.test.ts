import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { NodeId } from '../../wire/index.ts';
import type { OwnLife } from '../identity/identity.ts';
import { Graph } from './graph.ts';
import { TestNodes } from './nodes.testing.ts';
import { ownerKeyOf } from './record.ts';
import { sparableNeighbours } from './spanning-forest.testing.ts';
import { isSpare } from './spare-edges.ts';

const nodes = new TestNodes(6);
const lives = nodes.lives(14);
const ids = lives.map(({ id }) => id);
const at = (i: number): NodeId => ids[i] as NodeId;

/** What the Node knows whose graph has these Edges. */
function spareOf(self: NodeId, edges: readonly Edge[]): Set<NodeId> {
  const neighboursOf = (id: NodeId) => edges.flatMap(({ a, b }) => (a === id ? [b] : b === id ? [a] : []));
  const links = new Map(neighboursOf(self).map((id) => [id, { rttClass: 1 }]));
  const graph = new Graph(self, links);
  for (const life of lives) if (life.id !== self) graph.set(nodes.record(life, neighboursOf(life.id)));
  return new Set([...links.keys()].filter((id) => isSpare(graph, ownerKeyOf(self), id)));
}

type Edge = { readonly a: NodeId; readonly b: NodeId };

function partsOf(edges: readonly Edge[]): number {
  const left = new Set(ids);
  let parts = 0;
  for (const start of left) {
    parts++;
    const queue = [start];
    left.delete(start);
    for (const node of queue) {
      for (const { a, b } of edges) {
        const next = a === node ? b : b === node ? a : undefined;
        if (next !== undefined && left.delete(next)) queue.push(next);
      }
    }
  }
  return parts;
}

it('leaves the graph as connected as it was when all Nodes cut all they may at the same moment', () => {
  const pairs = fc.uniqueArray(fc.tuple(fc.nat(13), fc.nat(13)), {
    maxLength: 60,
    selector: ([a, b]) => (a < b ? `${a} ${b}` : `${b} ${a}`),
  });
  fc.assert(
    fc.property(pairs, (drawn) => {
      const edges = drawn.filter(([a, b]) => a !== b).map(([a, b]) => ({ a: at(a), b: at(b) }));
      const sparable = new Map(ids.map((id) => [id, spareOf(id, edges)]));
      for (const [id, spare] of sparable) expect(spare).toEqual(sparableNeighbours(id, edges));
      const kept = edges.filter(({ a, b }) => !sparable.get(a)?.has(b) && !sparable.get(b)?.has(a));
      expect(partsOf(kept)).toBe(partsOf(edges));
    }),
    { seed: 7, numRuns: 200 },
  );
});

it('spares a Link of every cycle, and both ends agree on which, whatever the order in which they know the Edges', () => {
  const ring = [0, 1, 2].map((i) => ({ a: at(i), b: at((i + 1) % 3) }));
  const turned = ring.toReversed().map(({ a, b }) => ({ a: b, b: a }));
  const cut = ids.slice(0, 3).map((id, i) => spareOf(id, i % 2 === 0 ? ring : turned));
  expect(cut.map(({ size }) => size).sort()).toEqual([0, 1, 1]);
  for (const [i, sparable] of cut.entries()) {
    for (const peer of sparable) expect(cut[ids.indexOf(peer)]?.has(at(i))).toBe(true);
  }
});

it('spares no bridge', () => {
  expect(spareOf(at(0), [{ a: at(0), b: at(1) }])).toEqual(new Set());
});

it('spares different Links in different graphs: no id is the one that always loses', () => {
  let lost = 0;
  for (let i = 0; i < 60; i++) {
    const [a, b, c] = nodes.lives(3) as [OwnLife, OwnLife, OwnLife];
    lives.push(a, b, c);
    const ring = [
      { a: a.id, b: b.id },
      { a: b.id, b: c.id },
      { a: c.id, b: a.id },
    ];
    if (spareOf(i % 3 === 0 ? a.id : i % 3 === 1 ? b.id : c.id, ring).size > 0) lost++;
    lives.splice(-3);
  }
  expect(lost).toBeGreaterThan(25);
  expect(lost).toBeLessThan(55);
});
