import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { MAX_LISTED, type Pattern } from './contract.ts';
import { KnownInterest } from './known-interest.ts';
import { OwnInterest } from './own-interest.ts';
import { PeerInterests } from './peer-interests.ts';

const random = seededRandom(4);
const [self, a, b] = [newNodeId(random), newNodeId(random), newNodeId(random)];
const p = (text: string): Pattern => text as Pattern;

function known() {
  const own = new OwnInterest();
  const peers = new PeerInterests();
  const wants = (node: typeof a, pattern: string, queue?: string, count = 1): void => {
    if (node !== self) {
      peers.apply(node, { pattern: p(pattern), queue, count });
      return;
    }
    own.changed(p(pattern), queue, 1);
    own.take();
  };
  return { interest: new KnownInterest(self, own, peers), wants };
}

describe('who listens', () => {
  it('is told by pattern, our own first, with queue groups and how many Nodes they are', () => {
    const { interest, wants } = known();
    wants(a, 'jobs.*');
    wants(b, 'jobs.*', 'crew', 3);
    wants(b, 'jobs.*');
    wants(self, 'jobs.*');
    wants(self, 'only.here');
    const { listeners, hasMore } = interest.listeners();
    expect(hasMore).toBe(false);
    expect(listeners).toEqual([
      {
        pattern: 'jobs.*',
        nodeCount: 3,
        entries: [
          { node: self, pattern: 'jobs.*', queue: undefined, count: 1 },
          { node: a, pattern: 'jobs.*', queue: undefined, count: 1 },
          { node: b, pattern: 'jobs.*', queue: 'crew', count: 3 },
          { node: b, pattern: 'jobs.*', queue: undefined, count: 1 },
        ],
      },
      {
        pattern: 'only.here',
        nodeCount: 1,
        entries: [{ node: self, pattern: 'only.here', queue: undefined, count: 1 }],
      },
    ]);
    expect(interest.entries()).toHaveLength(5);
  });

  it('is narrowed by a text, whatever its case', () => {
    const { interest, wants } = known();
    for (const pattern of ['Sensor.1', 'sensor.2', 'jobs']) wants(a, pattern);
    wants(self, 'my.sensor');
    expect(interest.listeners({ about: 'SENSOR' }).listeners.map(({ pattern }) => pattern)).toEqual([
      'Sensor.1',
      'sensor.2',
      'my.sensor',
    ]);
  });

  it('costs the same however much there is, and says that there is more', () => {
    const { interest, wants } = known();
    for (let i = 0; i < 30_000; i++) wants(a, `s.${i}`);
    expect(interest.listeners({ limit: 10 })).toMatchObject({ hasMore: true, listeners: { length: 10 } });
    expect(interest.listeners({ limit: 1e9 })).toMatchObject({
      hasMore: true,
      listeners: { length: MAX_LISTED },
    });
    // Looked for among very many: what was not looked at may hold it.
    expect(interest.listeners({ about: 's.29999' })).toEqual({ listeners: [], hasMore: true });
    for (let i = 0; i < MAX_LISTED; i++) wants(self, `own.${i}`);
    expect(interest.listeners({ about: 'own' }).listeners.length).toBeLessThanOrEqual(MAX_LISTED);
  });

  it('names of one pattern no more Nodes than anybody reads, and counts all', () => {
    const { interest, wants } = known();
    for (let i = 0; i < 2 * MAX_LISTED; i++) wants(newNodeId(random), 'all');
    const [all] = interest.listeners().listeners;
    expect([all?.nodeCount, all?.entries.length]).toEqual([2 * MAX_LISTED, MAX_LISTED]);
  });
});
