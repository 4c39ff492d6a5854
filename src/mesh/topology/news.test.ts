import { describe, expect, it } from 'vitest';
import type { OwnLife } from '../identity/identity.ts';
import { NEVER } from '../protocol.ts';
import type { Tell } from '../vocabulary.ts';
import { Graph } from './graph.ts';
import { News } from './news.ts';
import { TestNodes } from './nodes.testing.ts';
import { Offers } from './offers.ts';
import { RecordTable } from './record-table.ts';
import { SpreadTree } from './spread-tree.ts';

/** Two neighbours, and what we pass on to them. The root of the tree is who has the smallest id: we, or the first of them. */
function setting(root: 'us' | 'them' = 'us') {
  const nodes = new TestNodes();
  const [least, middle, b] = nodes.lives(3) as [OwnLife, OwnLife, OwnLife];
  const [self, a] = root === 'us' ? [least, middle] : [middle, least];
  const graph = new Graph(self.id, new Map([a, b].map(({ id }) => [id, { rttClass: 1 }])));
  const table = new RecordTable(graph);
  const tree = new SpreadTree(self.id, graph);
  const offers = new Offers(0, (key) => graph.withKey(key));
  const news = new News({ graph, table, tree, offers });
  for (const peer of [a, b]) table.put(nodes.record(peer, [self.id]), 0);
  let version = 2;
  const tell = (owner: OwnLife, type: 'new_edge' | 'destroy_edge', now: number) => {
    table.put(nodes.record(owner, [self.id], { version: version++ }), now);
    news.add(owner.id, owner.id, type, now);
  };
  const flush = (now: number) => {
    const effects: Tell[] = [];
    table.settle(now, () => undefined);
    news.flush([a.id, b.id], now, effects);
    return effects.map(({ to }) => to);
  };
  const link = (one: OwnLife, other: OwnLife) => {
    table.put(nodes.record(one, [self.id, other.id], { version: version++ }), 0);
    table.put(nodes.record(other, [self.id, one.id], { version: version++ }), 0);
  };
  return { a, b, news, offers, tell, flush, link };
}

describe('news', () => {
  it('gather for a moment, and a lost Edge does not wait', () => {
    const { a, b, news, tell, flush } = setting();
    tell(a, 'new_edge', 1000);
    expect(news.nextWakeAt).toBeGreaterThanOrEqual(1050);
    tell(b, 'destroy_edge', 1010);
    expect(news.nextWakeAt).toBe(1010);
    expect(flush(1010).sort()).toEqual([a.id, b.id].sort()); // of each what the other told
    expect(news.nextWakeAt).toBe(NEVER);
  });

  it('gather also when one Edge after the other is lost', () => {
    const { a, b, news, tell, flush } = setting();
    tell(a, 'destroy_edge', 1000);
    expect(flush(1000)).toEqual([b.id]);
    tell(b, 'destroy_edge', 1010);
    expect(news.nextWakeAt).toBeGreaterThanOrEqual(1050);
    expect(flush(news.nextWakeAt)).toEqual([a.id]);
  });

  it('do not go to who has sent the same meanwhile', () => {
    const { a, b, news, tell, flush } = setting();
    tell(a, 'new_edge', 1000);
    news.isKnownTo(b.id, a.id);
    expect(flush(news.nextWakeAt)).toEqual([]);
  });

  it('need not gather where the tree ends', () => {
    const inner = setting('us');
    expect(inner.news.isEndOfTree(inner.a.id, 1000)).toBe(false);
    // The other neighbour is another branch of the root, as far as we know: it has a Link to it.
    const { a, b, news, offers, tell, flush, link } = setting('them');
    link(a, b);
    expect(news.isEndOfTree(a.id, 1000)).toBe(true);
    expect(news.isEndOfTree(b.id, 1000)).toBe(false);
    tell(a, 'new_edge', 1000);
    expect(news.nextWakeAt).toBeGreaterThan(1000);
    expect(flush(1000)).toEqual([]);
    expect(news.nextWakeAt).toBe(NEVER);
    expect(offers.nextWakeAt).toBeGreaterThan(1000); // to the other one
  });
});
