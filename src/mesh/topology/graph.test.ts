import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { NodeId } from '../../wire/index.ts';
import { Graph } from './graph.ts';
import { TestNodes } from './nodes.testing.ts';
import { Reach } from './reach.ts';
import type { NodeRecord } from './record.ts';

const nodes = new TestNodes();
const lives = nodes.lives(20);
const id = (i: number): NodeId => (lives[i] as (typeof lives)[0]).id;
let version = 1;
const record = (i: number, neighbours: readonly number[], rttClass = 5, hasLeft = false) =>
  nodes.record(lives[i] as (typeof lives)[0], neighbours.map(id), { rttClass, hasLeft, version: version++ });

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

function graphOf(...neighbours: readonly number[]) {
  const links = new Map<NodeId, { rttClass: number }>(neighbours.map((i) => [id(i), { rttClass: 3 }]));
  const graph = new Graph(id(0), links);
  return { graph, links };
}

function hops(graph: Graph): Map<NodeId, number> {
  const found = new Map<NodeId, number>();
  for (let i = 0; i < graph.reachedCount; i++) {
    const slot = graph.reachedAt(i);
    const peer = graph.recordAt(slot)?.id;
    if (peer) found.set(peer, graph.depthAt(slot));
  }
  return found;
}

describe('the graph', () => {
  it('counts an Edge between others only when both ends list it', () => {
    const { graph } = graphOf(1);
    graph.set(record(1, [0, 2]));
    graph.set(record(2, []));
    expect([...hops(graph).keys()]).toEqual([id(1)]);
    graph.set(record(2, [1]));
    expect(hops(graph).get(id(2))).toBe(2);
    graph.set(record(1, [0]));
    expect(hops(graph).has(id(2))).toBe(false);
  });

  it('counts our own Link before the neighbour lists us, and not after we dropped it', () => {
    const { graph, links } = graphOf(1);
    graph.set(record(1, []));
    expect(hops(graph).get(id(1))).toBe(1);
    graph.set(record(1, [0]));
    links.delete(id(1));
    graph.linksChanged(true);
    expect(hops(graph).size).toBe(0);
  });

  it('knows when an Edge has changed, when only a class, and when neither', () => {
    const { graph } = graphOf(1);
    graph.set(record(1, [0, 2]));
    graph.set(record(2, [1]));
    const edges = graph.edgeRevision;
    const weights = graph.weightRevision;
    graph.set(record(2, [1, 3]));
    expect([graph.edgeRevision, graph.weightRevision]).toEqual([edges, weights]); // one-sided, or attributes
    graph.set(record(2, [1, 3], 9));
    expect(graph.edgeRevision).toBe(edges);
    expect(graph.weightRevision).toBeGreaterThan(weights);
    graph.set(record(3, [2]));
    expect(graph.edgeRevision).toBeGreaterThan(edges);
  });

  it('takes the slower of the two classes of an Edge', () => {
    const { graph } = graphOf(1);
    const one = graph.set(record(1, [0, 2], 4));
    const two = graph.set(record(2, [1], 7));
    expect([graph.classAt(one, 0), graph.classAt(two, 0)]).toEqual([7, 7]);
    expect(graph.ownClass(one)).toBe(4);
    graph.set(record(2, [1], 2));
    expect([graph.classAt(one, 0), graph.classAt(two, 0)]).toEqual([4, 4]);
  });

  it('has room for one Edge instead of another where a record lists as many as it may', () => {
    const { graph } = graphOf();
    const slotOfHub = graph.set(record(1, range(3, 18)));
    for (const i of range(2, 18)) graph.set(record(i, [1]));
    const edgesOf = (slot: number) =>
      Array.from(
        { length: graph.edgeCount(slot) },
        (_, i) => graph.recordAt(graph.edgeAt(slot, i))?.id,
      ).sort();
    expect(edgesOf(slotOfHub)).toEqual(range(3, 18).map(id));
    graph.set(record(1, range(2, 17))); // 2 comes before all of them, 18 after
    expect(edgesOf(slotOfHub)).toEqual(range(2, 17).map(id));
    for (const i of range(2, 18)) expect(edgesOf(graph.slotOf(id(i)) ?? -1)).toEqual(i === 18 ? [] : [id(1)]);
  });

  it('finds a detour within so many hops', () => {
    const { graph } = graphOf(1, 2);
    for (const [i, neighbours] of [
      [1, [0, 4]],
      [2, [0, 3]],
      [3, [2, 4]],
      [4, [3, 1]],
    ] as const) {
      graph.set(record(i, neighbours));
    }
    expect(graph.hasDetour(id(1), 3)).toBe(false);
    expect(graph.hasDetour(id(1), 4)).toBe(true);
    expect(graph.hasDetour(id(9), 9)).toBe(false);
    graph.set(record(4, [3]));
    expect(graph.hasDetour(id(1), 99)).toBe(false);
  });

  it('does not search again for an Edge that brings nobody nearer, and says when the company is another', () => {
    const { graph } = graphOf(1, 2);
    graph.set(record(1, [0, 3]));
    graph.set(record(2, [0, 3]));
    graph.set(record(3, [1, 2, 4]));
    graph.set(record(4, [3]));
    const { companyRevision } = graph;
    const search = vi.spyOn(Reach.prototype, 'search');
    graph.set(record(1, [0, 2, 3]));
    graph.set(record(2, [0, 1, 3]));
    graph.set(record(1, [0, 2]));
    expect(graph.companyRevision).toBe(companyRevision);
    expect(search).not.toHaveBeenCalled();
    search.mockRestore();
    expect(hops(graph).get(id(4))).toBe(3); // by the other of the two ways
    graph.set(record(4, [2, 3]));
    graph.set(record(2, [0, 1, 3, 4]));
    expect(hops(graph).get(id(4))).toBe(2);
    expect(graph.companyRevision).toBe(companyRevision); // nearer, and nobody came or went
    graph.remove(id(4));
    expect(graph.companyRevision).not.toBe(companyRevision);
  });

  it('names who has come into reach or gone out of it since one looked', () => {
    const { graph } = graphOf(1);
    const idsSince = (revision: number) =>
      graph.changedSince(revision)?.map((slot) => graph.recordAt(slot)?.id);
    const first = graph.companyRevision;
    graph.set(record(1, [0, 2]));
    graph.set(record(2, [1, 3]));
    const second = graph.companyRevision;
    expect(idsSince(first)).toEqual([id(1), id(2)]);
    graph.set(record(3, [2]));
    expect(idsSince(second)).toEqual([id(3)]);
    expect(idsSince(graph.companyRevision)).toEqual([]);
    expect(idsSince(-1)).toBeUndefined(); // who has never looked
    const third = graph.companyRevision;
    graph.set(record(2, [1]));
    graph.set(record(3, []));
    expect(idsSince(third)).toEqual([id(3)]);
    const fourth = graph.companyRevision;
    expect(idsSince(fourth)).toEqual([]);
    graph.set(record(1, [0]));
    expect(idsSince(third)).toEqual([id(3), id(2)]);
    graph.remove(id(3));
    graph.set(record(4, []));
    expect(idsSince(fourth)).toEqual([id(2)]);
    expect(idsSince(third)).toBeUndefined(); // the place of one that is forgotten is another's
  });

  it('remembers a few hundred who came and went', () => {
    const { graph } = graphOf(1);
    graph.set(record(1, [0, 2]));
    const first = graph.companyRevision;
    for (let i = 0; i < 128; i++) {
      graph.set(record(2, [1]));
      expect(graph.reachedCount).toBe(2);
      graph.set(record(2, []));
      expect(graph.reachedCount).toBe(1);
    }
    expect(graph.changedSince(first)).toHaveLength(256);
    graph.set(record(2, [1]));
    expect(graph.changedSince(first)).toBeUndefined();
  });

  it('agrees, whatever the order of records coming, changing and going, with a search over all of them', () => {
    const step = fc.record({
      kind: fc.constantFrom('set', 'set', 'set', 'leave', 'remove', 'link'),
      at: fc.integer({ min: 1, max: 9 }),
      neighbours: fc.uniqueArray(fc.nat(9), { maxLength: 6 }),
      isAsked: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 30, maxLength: 60, size: 'max' }), (steps) => {
        const { graph, links } = graphOf();
        const held = new Map<NodeId, NodeRecord>();
        let company: readonly NodeId[] = [];
        let asked = graph.companyRevision;
        for (const { kind, at, neighbours, isAsked } of steps) {
          if (kind === 'link') {
            if (!links.delete(id(at))) links.set(id(at), { rttClass: 1 });
            graph.linksChanged(true);
          } else if (kind === 'remove') {
            graph.remove(id(at));
            held.delete(id(at));
          } else {
            const isLeaving = kind === 'leave';
            const next = record(at, isLeaving ? [] : neighbours.filter((n) => n !== at), 5, isLeaving);
            graph.set(next);
            held.set(next.id, next);
          }
          if (!isAsked) continue; // several changes before somebody looks
          const expected = bruteForce(held, links.keys());
          expect(hops(graph)).toEqual(expected);
          const isNewCompany = [...expected.keys()].sort().join() !== company.join();
          if (isNewCompany) expect(graph.companyRevision).not.toBe(asked);
          const changed = graph.changedSince(asked)?.map((slot) => graph.recordAt(slot)?.id);
          if (changed && !changed.includes(undefined)) {
            const others = [...expected.keys(), ...company].filter((each) => !changed.includes(each));
            expect(others.filter((each) => !expected.has(each) || !company.includes(each))).toEqual([]);
          }
          company = [...expected.keys()].sort();
          asked = graph.companyRevision;
        }
      }),
      { numRuns: 100, seed: 4 },
    );
  });
});

function bruteForce(held: ReadonlyMap<NodeId, NodeRecord>, links: Iterable<NodeId>): Map<NodeId, number> {
  const found = new Map<NodeId, number>();
  for (const peer of links) if (held.get(peer)?.hasLeft === false) found.set(peer, 1);
  for (const [peer, depth] of found) {
    for (const next of held.get(peer)?.neighbours ?? []) {
      if (next !== id(0) && !found.has(next) && held.get(next)?.neighbours.includes(peer))
        found.set(next, depth + 1);
    }
  }
  return found;
}
