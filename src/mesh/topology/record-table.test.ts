import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../wire/index.ts';
import type { OwnLife } from '../identity/identity.ts';
import { Graph } from './graph.ts';
import { TestNodes } from './nodes.testing.ts';
import { FORGET_AFTER_MS, MAX_ASIDE, RecordTable } from './record-table.ts';

function setting() {
  const nodes = new TestNodes();
  const [self, near, far] = nodes.lives(3) as [OwnLife, OwnLife, OwnLife];
  const links = new Map([[near.id, { rttClass: 1 }]]);
  const graph = new Graph(self.id, links);
  const table = new RecordTable(graph);
  const reached: NodeId[] = [];
  const settle = (now: number) => {
    table.settle(now, (id) => reached.push(id));
    table.forget(now);
  };
  return { nodes, near, far, links, graph, table, reached, settle };
}

describe('the table of records', () => {
  it('keeps who has a path, and forgets who has had none for a minute', () => {
    const { nodes, near, far, links, graph, table, settle } = setting();
    table.put(nodes.record(near, [far.id]), 0);
    table.put(nodes.record(far, [near.id]), 0);
    settle(0);
    expect(table.asideCount).toBe(0);
    settle(10 * FORGET_AFTER_MS);
    expect(graph.size).toBe(2);
    links.delete(near.id);
    graph.linksChanged(true);
    settle(1_000_000);
    settle(1_000_000 + FORGET_AFTER_MS - 1);
    expect(graph.size).toBe(2);
    expect([...table.remembered()].sort()).toEqual([near.id, far.id].sort());
    settle(1_000_000 + FORGET_AFTER_MS);
    expect(graph.size).toBe(0);
    expect([...table.remembered()].sort()).toEqual([near.id, far.id].sort());
  });

  it('misses who was in reach, is no more, and did not say farewell', () => {
    const { nodes, near, far, links, graph, table, settle } = setting();
    table.put(nodes.record(near, [far.id]), 0);
    table.put(nodes.record(far), 0);
    settle(0);
    links.delete(near.id);
    graph.linksChanged(true); // not settled yet
    expect([near, far].map(({ id }) => table.isMissed(id))).toEqual([true, false]); // no path ever led to `far`
    settle(1);
    settle(1 + FORGET_AFTER_MS);
    expect(graph.size).toBe(0);
    expect(table.isMissed(near.id)).toBe(true); // by its name alone
    links.set(near.id, { rttClass: 1 });
    table.put(nodes.record(near, [], { version: 2 }), 2 + FORGET_AFTER_MS);
    settle(2 + FORGET_AFTER_MS);
    expect(table.isMissed(near.id)).toBe(false);
    table.put(nodes.record(near, [], { version: 3, hasLeft: true }), 3 + FORGET_AFTER_MS);
    settle(3 + FORGET_AFTER_MS);
    expect(table.isMissed(near.id)).toBe(false);
  });

  it('makes room for the latest news', () => {
    const { nodes, far, graph, table, settle } = setting();
    table.put(nodes.record(far), 0);
    const strangers = nodes.lives(MAX_ASIDE);
    for (const life of strangers.slice(0, 500)) table.put(nodes.record(life), 1);
    table.put(nodes.record(far, [], { version: 2 }), 2);
    for (const life of strangers.slice(500)) table.put(nodes.record(life), 3);
    settle(4);
    expect(graph.size).toBe(MAX_ASIDE);
    expect(graph.get(far.id)?.version).toBe(2);
    expect(graph.get((strangers[0] as OwnLife).id)).toBeUndefined();
  });

  it('keeps a tombstone for a minute', () => {
    const { nodes, near, graph, table, settle } = setting();
    table.put(nodes.record(near), 0);
    settle(0);
    table.put(nodes.record(near, [], { version: 2, hasLeft: true }), 100);
    settle(100);
    const slot = graph.slotOf(near.id) ?? -1;
    expect(table.isWorthTelling(slot)).toBe(true);
    settle(100 + FORGET_AFTER_MS - 1);
    expect(graph.get(near.id)?.hasLeft).toBe(true);
    settle(100 + FORGET_AFTER_MS);
    expect(graph.get(near.id)).toBeUndefined();
    expect([...table.remembered()]).toEqual([]);
  });

  it('tells when a path leads to somebody whose news waited, once', () => {
    const { nodes, near, far, graph, table, reached, settle } = setting();
    table.put(nodes.record(near), 0);
    table.put(nodes.record(far, [near.id]), 0);
    settle(0);
    const slot = graph.slotOf(far.id) ?? -1;
    expect(table.isWorthTelling(slot)).toBe(false);
    table.keepNews(slot);
    table.put(nodes.record(near, [far.id], { version: 2 }), 1);
    settle(1);
    table.put(nodes.record(near, [], { version: 3 }), 2);
    settle(2);
    table.put(nodes.record(near, [far.id], { version: 4 }), 3);
    settle(3);
    expect(reached).toEqual([far.id]);
  });
});
