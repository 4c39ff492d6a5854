import { describe, expect, it } from 'vitest';
import type { OwnLife } from '../identity/identity.ts';
import { Digests } from './digest.ts';
import { Graph } from './graph.ts';
import { TestNodes } from './nodes.testing.ts';

describe('digests', () => {
  const nodes = new TestNodes();
  const [a, b, c] = nodes.lives(3) as [OwnLife, OwnLife, OwnLife];
  const records = [
    nodes.record(a, [b.id, c.id]),
    nodes.record(b, [a.id, c.id]),
    nodes.record(c, [a.id, b.id]),
  ];
  const of = (own: number, order: readonly number[]) => {
    const lives = [a, b, c];
    const others = lives.filter((_, i) => i !== own);
    const links = new Map(others.map(({ id }) => [id, { rttClass: 1 }]));
    const graph = new Graph((lives[own] as OwnLife).id, links);
    for (const i of order) if (i !== own) graph.set(records[i] as (typeof records)[0]);
    return { graph, links, digests: new Digests(graph, () => records[own] as (typeof records)[0]) };
  };

  it('are the same for everyone who has the same in reach, whatever the order', () => {
    const one = of(0, [1, 2]).digests;
    const other = of(1, [2, 0]).digests;
    expect(one.total()).toEqual(other.total());
    expect(one.buckets()).toEqual(other.buckets());
  });

  it('leave out what two neighbours know of each other', () => {
    const one = of(0, [1, 2]);
    const other = of(1, [0, 2]);
    other.graph.set(nodes.record(a, [b.id, c.id], { version: 2 }));
    expect(one.digests.total()).not.toEqual(other.digests.total());
    expect(one.digests.withoutUs(b.id)).toEqual(other.digests.withoutUs(a.id));
  });

  it('change with a record in reach and not with one out of reach', () => {
    const { graph, digests } = of(0, [1, 2]);
    const before = digests.total();
    graph.set(nodes.record(nodes.life(), [a.id]));
    expect(digests.total()).toEqual(before);
    graph.set(nodes.record(c, [a.id], { version: 2 }));
    expect(digests.total()).not.toEqual(before);
  });
});
