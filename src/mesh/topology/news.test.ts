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

/** Two neighbours that know each other, and what we pass on to them. */
function setting() {
  const nodes = new TestNodes();
  const [self, a, b] = nodes.lives(3) as [OwnLife, OwnLife, OwnLife];
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
  return { a, b, news, tell, flush };
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
    expect(flush(1010)).toEqual([]);
    expect(flush(news.nextWakeAt)).toEqual([a.id]);
  });

  it('do not go to who has sent the same meanwhile', () => {
    const { a, b, news, tell, flush } = setting();
    tell(a, 'new_edge', 1000);
    news.isKnownTo(b.id, a.id);
    expect(flush(news.nextWakeAt)).toEqual([]);
  });
});
