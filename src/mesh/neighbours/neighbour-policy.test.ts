import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { type NodeId, newNodeId } from '../../wire/index.ts';
import { reachableFrom } from '../topology/graph.ts';
import { MAX_DEGREE, NeighbourPolicy, type NeighbourView, TARGET_DEGREE } from './neighbour-policy.ts';

const random = seededRandom(11);
const ids = Array.from({ length: 40 }, () => newNodeId(random)).sort();
const id = (i: number): NodeId => ids[i] as NodeId;
const range = (from: number, to: number) => ids.slice(from, to);

function view(partial: Partial<NeighbourView>): NeighbourView {
  return {
    now: 0,
    candidates: new Set(),
    reachable: new Map(),
    links: new Set(),
    pending: new Set(),
    graph: new Map(),
    ...partial,
  };
}

describe('the choice of neighbours', () => {
  it('connects a newcomer to everyone up to eight Nodes', () => {
    const policy = new NeighbourPolicy(id(0), seededRandom(1));
    policy.onCandidates(range(1, 8), 0);
    expect(new Set(policy.plan(view({ candidates: new Set(range(1, 8)) })).connect)).toEqual(
      new Set(range(1, 8)),
    );
  });

  it('connects a newcomer to a handful beyond that', () => {
    const policy = new NeighbourPolicy(id(0), seededRandom(1));
    policy.onCandidates(range(1, 30), 0);
    const { connect } = policy.plan(view({ candidates: new Set(range(1, 30)) }));
    expect(connect.length).toBeGreaterThan(2);
    expect(connect.length).toBeLessThanOrEqual(TARGET_DEGREE);
  });

  it('leaves it to a newcomer to connect, and does so itself when that fails to happen', () => {
    const policy = new NeighbourPolicy(id(0), seededRandom(1));
    policy.onCandidates([], 0);
    policy.onCandidates([id(1)], 1000);
    const early = policy.plan(view({ now: 1000, candidates: new Set([id(1)]) }));
    expect(early.connect).toEqual([]);
    expect(early.nextWakeAt).toBeGreaterThan(2500);
    const late = policy.plan(view({ now: early.nextWakeAt, candidates: new Set([id(1)]) }));
    expect(late.connect).toEqual([id(1)]);
  });

  it('retries with growing pauses and never stops', () => {
    const policy = new NeighbourPolicy(id(0), seededRandom(1));
    policy.onCandidates([id(1)], 0);
    const pauses: number[] = [];
    let now = 0;
    for (let i = 0; i < 12; i++) {
      expect(policy.plan(view({ now, candidates: new Set([id(1)]) })).connect).toEqual([id(1)]);
      policy.onConnectFailed(id(1), now);
      const { nextWakeAt } = policy.plan(view({ now, candidates: new Set([id(1)]) }));
      pauses.push(nextWakeAt - now);
      now = nextWakeAt;
    }
    expect(pauses[0]).toBeLessThan(500);
    expect(pauses[5]).toBeGreaterThan(3000);
    expect(Math.max(...pauses)).toBeLessThan(30_000);
  });

  it('lets the smaller uuid redial first when a Link broke', () => {
    const [small, great] = [new NeighbourPolicy(id(0), random), new NeighbourPolicy(id(1), random)];
    small.onLinkDown(id(1), 60_000, 0);
    great.onLinkDown(id(0), 60_000, 0);
    expect(small.plan(view({ reachable: new Map([[id(1), 5]]) })).connect).toEqual([id(1)]);
    expect(great.plan(view({ reachable: new Map([[id(0), 5]]) })).connect).toEqual([]);
  });

  it('neither opens nor accepts a blocked Link, and takes it up when unblocked', () => {
    const policy = new NeighbourPolicy(id(0), random);
    policy.onCandidates([id(1)], 0);
    policy.setBlocked(id(1), true);
    expect(policy.plan(view({ candidates: new Set([id(1)]) })).connect).toEqual([]);
    expect(policy.mayAccept(id(1), 0)).toBe(false);
    policy.setBlocked(id(1), false);
    expect(policy.plan(view({ candidates: new Set([id(1)]) })).connect).toEqual([id(1)]);
    expect(policy.mayAccept(id(1), 0)).toBe(true);
  });

  it('approaches a registered peer without a path even when its slots are full: so partitions heal', () => {
    const policy = new NeighbourPolicy(id(0), random);
    policy.onCandidates(range(1, 20), 0);
    const reachable = new Map(range(1, 10).map((peer) => [peer, 5] as const));
    const links = new Set(range(1, 7));
    const { connect } = policy.plan(view({ candidates: new Set(range(1, 20)), reachable, links }));
    expect(connect).toHaveLength(1);
    expect(range(10, 20)).toContain(connect[0]);
  });

  it('prefers two near ones and takes the rest at random', () => {
    const policy = new NeighbourPolicy(id(0), seededRandom(4));
    const reachable = new Map(range(1, 30).map((peer, i) => [peer, i < 2 ? 1 : 50 + i] as const));
    const { connect } = policy.plan(view({ now: 100_000, reachable }));
    expect(connect).toHaveLength(TARGET_DEGREE);
    expect(connect.slice(0, 2).sort()).toEqual(range(1, 3));
  });

  it('is full at twelve', () => {
    const policy = new NeighbourPolicy(id(0), random);
    expect(policy.mayAccept(id(1), MAX_DEGREE - 1)).toBe(true);
    expect(policy.mayAccept(id(1), MAX_DEGREE)).toBe(false);
  });

  it('trims surplus once the mesh is quiet, one Link at a time, never one whose loss would cut the graph', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const chance = seededRandom(seed);
        const graph = new Map<NodeId, Map<NodeId, number>>(ids.slice(0, 20).map((peer) => [peer, new Map()]));
        const join = (a: number, b: number) => {
          if (a === b) return;
          graph.get(id(a))?.set(id(b), 5);
          graph.get(id(b))?.set(id(a), 5);
        };
        for (let i = 1; i <= 10; i++) join(0, i);
        for (let i = 0; i < 40; i++) join(1 + (chance.uint32() % 10), 1 + (chance.uint32() % 19));
        const reachable = new Map(
          [...reachableFrom(graph, id(0)).keys()].slice(1).map((peer) => [peer, 5] as const),
        );
        const links = new Set(graph.get(id(0))?.keys());
        const policy = new NeighbourPolicy(id(0), chance);
        policy.onLinkUp(0);
        expect(policy.plan(view({ now: 1000, graph, reachable, links })).disconnect).toEqual([]);
        const { disconnect } = policy.plan(view({ now: 60_000, graph, reachable, links }));
        expect(disconnect.length).toBeLessThanOrEqual(1);
        for (const peer of disconnect) {
          expect(reachableFrom(graph, id(0), [id(0), peer]).size).toBe(reachable.size + 1);
        }
      }),
      { numRuns: 60, seed: 3 },
    );
  });
});
