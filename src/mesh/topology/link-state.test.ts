import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../wire/index.ts';
import type { OwnLife, PeerIdentity } from '../identity/identity.ts';
import { Graph } from './graph.ts';
import { LinkState } from './link-state.ts';
import { TestNodes } from './nodes.testing.ts';
import type { OwnLink } from './own-record.ts';

/** Ourselves (0) to 1, 1 to each of 2..9. */
function setting() {
  const nodes = new TestNodes();
  const lives = nodes.lives(10);
  const [self, hub, ...leaves] = lives as [OwnLife, OwnLife, ...OwnLife[]];
  const link: OwnLink = {
    upAt: 0,
    rttClass: 4,
    writtenMs: 4,
    rttMs: 4,
    offSince: 0,
    told: undefined,
    isSettled: true,
  };
  const links = new Map<NodeId, OwnLink>([[hub.id, link]]);
  const identities = new Map<NodeId, PeerIdentity>();
  const graph = new Graph(self.id, links);
  graph.set(nodes.record(hub, [self.id, ...leaves.map(({ id }) => id)], { attributes: Uint8Array.of(0x80) }));
  for (const leaf of leaves) graph.set(nodes.record(leaf, [hub.id]));
  const state = new LinkState(self.id, graph, links, identities);
  return { nodes, self, hub, leaves, graph, identities, state };
}

describe('the link-state map', () => {
  it('tells who is there, ourselves left out', () => {
    const { self, hub, leaves, state, nodes } = setting();
    expect(new Set(state.ids())).toEqual(new Set([hub, ...leaves].map(({ id }) => id)));
    expect(state.size).toBe(9);
    expect(state.has(self.id)).toBe(false);
    expect(state.has(nodes.life().id)).toBe(false);
    expect([state.degree(self.id), state.degree(hub.id), state.degree(nodes.life().id)]).toEqual([1, 9, 0]);
    expect(state.attributes(hub.id)).toEqual(Uint8Array.of(0x80));
  });

  it('samples without repeating, everyone as often, and in any order', () => {
    const { state, nodes } = setting();
    const counts = new Map<NodeId, number>();
    const firsts = new Map<NodeId, number>();
    for (let i = 0; i < 3000; i++) {
      const sample = state.sample(3, nodes.random);
      expect(new Set(sample).size).toBe(3);
      for (const id of sample) counts.set(id, (counts.get(id) ?? 0) + 1);
      const [first] = sample as [NodeId];
      firsts.set(first, (firsts.get(first) ?? 0) + 1);
    }
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(120);
    for (const count of firsts.values()) expect(Math.abs(count - 333)).toBeLessThan(90);
    expect(firsts.size).toBe(9);
    expect(state.sample(50, nodes.random)).toHaveLength(9);
  });

  it('knows hops, the next hop, and every Edge once', () => {
    const { self, hub, leaves, state } = setting();
    const [leaf] = leaves as [OwnLife];
    expect([state.hops(hub.id), state.hops(leaf.id), state.hops(self.id)]).toEqual([1, 2, undefined]);
    expect(state.route(leaf.id)).toMatchObject({ nextHop: hub.id, hops: 2 });
    const edges = [...state.edges()];
    expect(edges).toHaveLength(9);
    expect(edges.filter(({ a, b }) => a === self.id || b === self.id)).toEqual([
      { a: self.id, b: hub.id, rttMs: 8 },
    ]);
  });

  it('names the newest life that a hello or a record told of', () => {
    const { hub, identities, state, nodes } = setting();
    expect(state.get(hub.id)?.life).toBe(1);
    identities.set(hub.id, { ...hub, life: 7 });
    expect(state.get(hub.id)?.life).toBe(7);
    expect(state.get(nodes.life().id)).toBeUndefined();
  });
});
