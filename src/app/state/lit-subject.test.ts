import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../wire/index.ts';
import { edgeKey, type KnownPaths, lightsOf, RecentTraffic } from './lit-subject.ts';

const [self, a, b, c, d] = ['0', '1', '2', '3', '4'].map((digit) => `${digit}0` as NodeId) as [
  NodeId,
  NodeId,
  NodeId,
  NodeId,
  NodeId,
];
const edge = (one: NodeId, other: NodeId): KnownPaths['edges'][number] => ({ a: one, b: other });
/** A diamond, and one behind it: self-a-c-d, self-b-c. */
const known: KnownPaths = {
  edges: [edge(self, a), edge(self, b), edge(a, c), edge(b, c), edge(c, d)],
  routes: new Map([
    [a, a],
    [b, b],
    [c, b],
    [d, b],
  ]),
};
const lights = (nodes: readonly NodeId[], running: readonly NodeId[] = [], paths = known) =>
  Object.fromEntries(lightsOf({ nodes, running: new Set(running) }, self, paths));

describe('the way to who listens', () => {
  it('begins with the hop that the mesh takes, and goes on the shortest way', () => {
    expect(lights([d])).toEqual({
      [edgeKey(self, b)]: 'lit',
      [edgeKey(b, c)]: 'lit',
      [edgeKey(c, d)]: 'lit',
    });
  });

  it('is told apart where messages run along it, also with one who does not listen', () => {
    expect(lights([a, c], [b])).toEqual({
      [edgeKey(self, a)]: 'lit',
      [edgeKey(self, b)]: 'running',
      [edgeKey(b, c)]: 'lit',
    });
  });

  it('is none to ourselves, and none where none is known', () => {
    expect(lights([self])).toEqual({});
    const e = '50' as NodeId;
    expect(lights([e])).toEqual({});
    const stale = { edges: [edge(self, a), edge(c, d)], routes: new Map([[d, a]]) };
    expect(lights([d], [], stale)).toEqual({});
  });
});

describe('traffic of a moment ago', () => {
  it('fades', () => {
    const traffic = new RecentTraffic();
    traffic.add(0, [a]);
    traffic.add(1_000, [b]);
    expect([...traffic.at(1_400)]).toEqual([a, b]);
    expect([...traffic.at(1_500)]).toEqual([b]);
    traffic.clear();
    expect(traffic.at(1_500).size).toBe(0);
  });
});
