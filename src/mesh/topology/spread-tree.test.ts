import { describe, expect, it } from 'vitest';
import { integerBelow } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { Graph } from './graph.ts';
import { TestNodes } from './nodes.testing.ts';
import { SpreadTree } from './spread-tree.ts';

type Links = Map<NodeId, Set<NodeId>>;

/** A connected graph: each to one before it, and some more. */
function randomLinks(ids: readonly NodeId[], nodes: TestNodes): Links {
  const links: Links = new Map(ids.map((id) => [id, new Set()]));
  const link = (a: NodeId, b: NodeId): void => {
    if (a === b) return;
    links.get(a)?.add(b);
    links.get(b)?.add(a);
  };
  const pick = (below: number) => ids[integerBelow(nodes.random, below)] as NodeId;
  ids.forEach((id, i) => {
    if (i > 0) link(id, pick(i));
  });
  for (let i = 0; i < ids.length; i++) link(pick(ids.length), pick(ids.length));
  return links;
}

/** As the Node sees it that holds everyone's record. */
function graphOf(self: NodeId, links: Links, nodes: TestNodes, lives: ReturnType<TestNodes['lives']>) {
  const own = new Map([...(links.get(self) ?? [])].map((id) => [id, { rttClass: 1 }]));
  const graph = new Graph(self, own);
  for (const life of lives) {
    if (life.id !== self) graph.set(nodes.record(life, [...(links.get(life.id) ?? [])]));
  }
  return { graph, own };
}

describe('the tree along which news spread', () => {
  it('spans every graph without a circle, and both ends of a Link agree on it', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const nodes = new TestNodes(seed);
      const lives = nodes.lives(2 + (seed % 20)).sort(() => 0.5 - integerBelow(nodes.random, 2));
      const ids = lives.map(({ id }) => id);
      const links = randomLinks(ids, nodes);
      const trees = new Map(
        ids.map((id) => [id, new SpreadTree(id, graphOf(id, links, nodes, lives).graph).neighbours(0)]),
      );
      let ends = 0;
      for (const [id, tree] of trees) {
        for (const peer of tree) expect(trees.get(peer)?.has(id)).toBe(true);
        ends += tree.size;
      }
      expect(ends).toBe(2 * (ids.length - 1));
      const reached = new Set(ids.slice(0, 1));
      for (const id of reached) for (const peer of trees.get(id) ?? []) reached.add(peer);
      expect(reached.size).toBe(ids.length);
    }
  });

  it('is kept for a moment when others change, and made anew at once when our own Links do', () => {
    const nodes = new TestNodes(3);
    const lives = nodes.lives(4);
    const [root, a, b, self] = lives.map(({ id }) => id) as [NodeId, NodeId, NodeId, NodeId];
    const square = (): Links =>
      new Map([
        [root, new Set([a, b])],
        [a, new Set([root, self])],
        [b, new Set([root, self])],
        [self, new Set([a, b])],
      ]);
    const { graph, own } = graphOf(self, square(), nodes, lives);
    const tree = new SpreadTree(self, graph);
    expect(tree.neighbours(0)).toEqual(new Set([a])); // the smaller of two that are as near to the root
    const [, lifeA] = lives;
    if (lifeA === undefined) throw new Error('no life');
    graph.set(nodes.record(lifeA, [self], { version: 2 })); // a has lost the root
    expect(tree.neighbours(100)).toEqual(new Set([a]));
    expect(tree.neighbours(1000)).toEqual(new Set([b, a])); // b is our parent now, we are a's
    own.delete(a);
    graph.linksChanged(true);
    expect(tree.neighbours(1001)).toEqual(new Set([b]));
  });

  it('has a place for a new neighbour as soon as that says who it is', () => {
    const nodes = new TestNodes(4);
    const lives = nodes.lives(2);
    const [self, peer] = lives.map(({ id }) => id) as [NodeId, NodeId];
    const own = new Map([[peer, { rttClass: 1 }]]);
    const graph = new Graph(self, own);
    const tree = new SpreadTree(self, graph);
    expect(tree.neighbours(0)).toEqual(new Set());
    const [, life] = lives;
    if (life === undefined) throw new Error('no life');
    graph.set(nodes.record(life, []));
    expect(tree.neighbours(1)).toEqual(new Set([peer]));
  });
});
