import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { type NodeId, newNodeId } from '../../wire/index.ts';
import type { NodeInfo } from '../contract.ts';
import type { NodeRecord } from './record.ts';
import {
  encodeRecords,
  encodeStamps,
  parseRecord,
  parseRecords,
  parseStamps,
  sealRecord,
} from './record-codec.ts';
import { MAX_RECORDS, Topology } from './topology.ts';

const info: NodeInfo = { deviceName: 'Ada', cores: 8, workers: 7, platform: 'page' };
const random = seededRandom(7);
const ids = Array.from({ length: 8 }, () => newNodeId(random));
const id = (i: number): NodeId => ids[i] as NodeId;

function record(i: number, neighbours: readonly number[], version = 1, epoch = 0): NodeRecord {
  return sealRecord({
    id: id(i),
    epoch,
    version,
    hasLeft: false,
    info,
    neighbours: new Map(neighbours.map((n) => [id(n), 10])),
  });
}

/** What a request and its answer do, without a network. */
function synchronise(asker: Topology, answerer: Topology): void {
  const stamps = parseStamps(encodeStamps(asker.stamps())) ?? [];
  const { missingThere, missingHere } = answerer.compare(stamps);
  for (const body of encodeRecords(missingThere)) asker.merge(parseRecords(body) ?? []);
  if (missingHere) {
    const back = asker.compare(answerer.stamps());
    answerer.merge(back.missingThere);
  }
}

describe('the topology', () => {
  it('counts an Edge between others only when both ends list it', () => {
    const topology = new Topology(id(0), info);
    topology.setNeighbours(new Map([[id(1), 1]]));
    topology.merge([record(1, [0, 2]), record(2, [])]);
    expect([...topology.hops().keys()]).toEqual([id(0), id(1)]);
    topology.merge([record(2, [1], 2)]);
    expect(topology.hops().get(id(2))).toBe(2);
  });

  it('counts our own Link before the neighbour lists us, and not after we dropped it', () => {
    const topology = new Topology(id(0), info);
    topology.setNeighbours(new Map([[id(1), 1]]));
    topology.merge([record(1, [])]);
    expect(topology.hops().get(id(1))).toBe(1);
    topology.merge([record(1, [0], 2)]);
    topology.setNeighbours(new Map());
    expect(topology.hops().has(id(1))).toBe(false);
  });

  it('takes the slower of the two measurements of an Edge', () => {
    const topology = new Topology(id(0), info);
    topology.setNeighbours(new Map([[id(1), 3]]));
    topology.merge([record(1, [0])]);
    expect(topology.graph().get(id(0))?.get(id(1))).toBe(10);
    expect(topology.graph().get(id(1))?.get(id(0))).toBe(10);
  });

  it('keeps the newer record whatever the order of arrival', () => {
    const topology = new Topology(id(0), info);
    topology.merge([record(1, [2], 5)]);
    expect(topology.merge([record(1, [3], 4)]).changed).toEqual([]);
    expect(topology.get(id(1))?.version).toBe(5);
    topology.merge([record(1, [], 0, 1)]);
    expect(topology.get(id(1))?.epoch).toBe(1);
  });

  it('has the last word about its own record', () => {
    const topology = new Topology(id(0), info);
    const forged = sealRecord({ ...topology.own, version: 900, hasLeft: true });
    expect(topology.merge([forged]).refuted).toBe(true);
    expect(topology.own.hasLeft).toBe(false);
    const elsewhere = new Topology(id(1), info);
    elsewhere.merge([forged, topology.own]);
    expect(elsewhere.get(id(0))?.hasLeft).toBe(false);
  });

  it('takes a Node that said goodbye out at once and lets no late copy bring it back', () => {
    const leaver = new Topology(id(1), info);
    leaver.setNeighbours(new Map([[id(0), 1]]));
    const before = leaver.own;
    const topology = new Topology(id(0), info);
    topology.setNeighbours(new Map([[id(1), 1]]));
    topology.merge([before]);
    topology.merge([leaver.leave()]);
    expect(topology.hops().has(id(1))).toBe(false);
    expect(topology.merge([before]).changed).toEqual([]);
    expect(topology.hops().has(id(1))).toBe(false);
  });

  it('forgets what has been out of reach for a minute, and does not learn it again from a digest', () => {
    const topology = new Topology(id(0), info);
    topology.merge([record(1, [2])]);
    topology.forgetUseless(0);
    topology.forgetUseless(59_000);
    expect(topology.get(id(1))).toBeDefined();
    expect(topology.stamps().map((stamp) => stamp.id)).toEqual([id(0)]);
    topology.forgetUseless(60_000);
    expect(topology.get(id(1))).toBeUndefined();
  });

  it('is bounded: a flood of strangers takes no more room, and gives it back', () => {
    const topology = new Topology(id(0), info);
    const flood = seededRandom(3);
    for (let i = 0; i < MAX_RECORDS + 50; i++) {
      topology.merge([
        sealRecord({
          id: newNodeId(flood),
          epoch: 0,
          version: 0,
          hasLeft: false,
          info,
          neighbours: new Map(),
        }),
      ]);
    }
    expect(topology.merge([record(1, [])]).changed).toEqual([]);
    topology.forgetUseless(1);
    topology.forgetUseless(2);
    expect(topology.merge([record(1, [])]).changed).toHaveLength(1);
  });

  it('converges: concurrent changes, exchanged in any order, lead everyone to the same view', () => {
    const change = fc.record({
      at: fc.nat(4),
      kind: fc.constantFrom('link', 'unlink', 'rename', 'gossip', 'announce'),
      with: fc.nat(4),
      rtt: fc.integer({ min: 0, max: 300 }),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
        const nodes = Array.from({ length: 5 }, (_, i) => new Topology(id(i), info));
        const links = nodes.map(() => new Map<NodeId, number>());
        const of = (i: number): Topology => nodes[i] as Topology;
        const setLink = (a: number, b: number, rtt: number | undefined) => {
          const mine = links[a] as Map<NodeId, number>;
          if (rtt === undefined) mine.delete(id(b));
          else mine.set(id(b), rtt);
          of(a).setNeighbours(mine);
        };
        // A line, so that everyone is in reach whatever else happens.
        for (let i = 0; i + 1 < 5; i++) {
          setLink(i, i + 1, 5);
          setLink(i + 1, i, 5);
        }
        for (const { at, kind, with: other, rtt } of changes) {
          const isOnLine = Math.abs(at - other) <= 1;
          if (kind === 'link' && at !== other) setLink(at, other, rtt);
          if (kind === 'unlink' && !isOnLine) setLink(at, other, undefined);
          if (kind === 'rename') of(at).setInfo({ ...info, workers: rtt });
          if (kind === 'gossip') synchronise(of(at), of(other));
          if (kind === 'announce') of(other).merge([of(at).own]);
        }
        for (let round = 0; round < 5; round++) {
          for (let i = 0; i + 1 < 5; i++) {
            synchronise(of(i), of(i + 1));
            synchronise(of(i + 1), of(i));
          }
        }
        for (const node of nodes) {
          expect(node.digest()).toBe(of(0).digest());
          expect(new Set(node.hops().keys())).toEqual(new Set(ids.slice(0, 5)));
          for (let i = 0; i < 5; i++) expect(node.get(id(i))?.fingerprint).toBe(of(i).own.fingerprint);
        }
      }),
      { numRuns: 150, seed: 1 },
    );
  });
});

describe('a record on the wire', () => {
  it('comes back as it was sealed', () => {
    const sealed = record(1, [2, 3, 4], 77, 3);
    expect(parseRecord(new Uint8Array(sealed.encoded))).toEqual(sealed);
  });

  it('rounds round trips the same at both ends, and keeps "unmeasured"', () => {
    const sealed = sealRecord({
      ...record(1, []),
      neighbours: new Map([
        [id(2), 1.23456],
        [id(3), undefined],
        [id(4), 0],
      ]),
    });
    expect(parseRecord(sealed.encoded)?.neighbours).toEqual(
      new Map(
        [
          [id(2), 1.23],
          [id(3), undefined],
          [id(4), 0],
        ].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)) as [NodeId, number | undefined][],
      ),
    );
  });

  it('cuts what we say of ourselves to what others accept', () => {
    const sealed = sealRecord({
      ...record(1, []),
      info: { deviceName: 'x'.repeat(500), cores: Number.NaN, workers: 1e9, platform: 'terminal' },
      neighbours: new Map(Array.from({ length: 100 }, () => [newNodeId(random), 1] as const)),
    });
    expect(parseRecord(new Uint8Array(sealed.encoded))).toEqual(sealed);
  });

  it('is refused, never thrown at, when anything is out of place', () => {
    const good = encodeRecords([record(1, [2])])[0] as Uint8Array;
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1 }), (flips) => {
        const bytes = good.slice();
        for (const [at, value] of flips) bytes[at] = value;
        const parsed = parseRecords(bytes);
        for (const record of parsed ?? []) expect(record.neighbours.size).toBeLessThanOrEqual(32);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        parseRecords(bytes);
        parseStamps(bytes);
      }),
    );
    expect(parseRecord(new Uint8Array(5000))).toBeUndefined();
  });
});
