import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../wire/index.ts';
import { TestNodes } from './nodes.testing.ts';
import { Offers } from './offers.ts';
import type { NodeRecord } from './record.ts';
import { MAX_OFFERED, type Offer } from './request-codec.ts';

const nodes = new TestNodes(9);
const [selfLife, aLife, bLife, ownerLife] = nodes.lives(4);
if (!selfLife || !aLife || !bLife || !ownerLife) throw new Error('no lives');
const [a, b] = [aLife.id, bLife.id];
const selfKey = nodes.record(selfLife).ownerKey;
const record = (version: number, life = 1) => nodes.record({ ...ownerLife, life }, [a], { version });
const offer = ({ ownerKey, life, version }: NodeRecord): Offer => ({
  owner: ownerKey,
  life: life % 65_536,
  version,
});
/** `have`: as topology does, which keeps a record and says so. */
function make() {
  const held = new Map<number, NodeRecord>();
  const offers = new Offers(selfKey, (key) => held.get(key));
  const have = (record: NodeRecord): void => {
    held.set(record.ownerKey, record);
    offers.have(record);
  };
  return { offers, have };
}
const SOON = 400;
const LATE = 2000;

function fetched(offers: Offers, now: number): [NodeId, number[]][] {
  return [...offers.due(now)];
}

describe('offers', () => {
  it('are fetched where they came from first, when the tree has had its time', () => {
    const { offers } = make();
    offers.onOffer(a, [offer(record(1))], 0, 0);
    offers.onOffer(b, [offer(record(1))], 0, 0);
    expect(offers.nextWakeAt).toBe(500);
    expect(fetched(offers, SOON)).toEqual([]);
    expect(fetched(offers, 500)).toEqual([[a, [record(1).ownerKey]]]);
    expect(fetched(offers, LATE)).toEqual([]); // once
    expect(offers.nextWakeAt).toBe(Number.POSITIVE_INFINITY);
  });

  it('wait longer where more Nodes are', () => {
    const { offers } = make();
    offers.onOffer(a, [offer(record(1))], 1000, 0);
    expect(offers.nextWakeAt).toBe(1500);
  });

  it('need not be fetched when the record or a later one has come, before or since', () => {
    const { offers, have } = make();
    offers.onOffer(a, [offer(record(3))], 0, 0);
    have(record(3));
    expect(fetched(offers, LATE)).toEqual([]);
    offers.onOffer(b, [offer(record(2)), offer(record(3))], 0, 0);
    expect(offers.size).toBe(0);
    offers.onOffer(b, [offer(record(4))], 0, 0);
    have(record(3));
    expect(fetched(offers, LATE)).toHaveLength(1);
  });

  it('of another life are fetched, whatever the versions', () => {
    const { offers, have } = make();
    have(record(9, 1));
    offers.onOffer(a, [offer(record(1, 2))], 0, 0);
    expect(fetched(offers, LATE)).toHaveLength(1);
  });

  it('of our own record are nothing to us', () => {
    const { offers } = make();
    offers.onOffer(a, [offer(nodes.record(selfLife, [], { version: 7 }))], 0, 0);
    expect(offers.size).toBe(0);
  });

  it('of one neighbour leave room for those of others, and all have a bound', () => {
    const { offers } = make();
    const many = (from: number) =>
      Array.from({ length: MAX_OFFERED }, (_, i) => ({ owner: from + i, life: 1, version: 1 }));
    offers.onOffer(a, many(0), 0, 0);
    offers.onOffer(a, many(10_000), 0, 0);
    expect(offers.size).toBe(512);
    for (let i = 1; i < 20; i++) offers.onOffer(`${i}` as NodeId, many(20_000 * i), 0, 0);
    expect(offers.size).toBe(2048);
    fetched(offers, LATE);
    offers.onOffer(a, many(0), 0, LATE);
    expect(offers.size).toBe(512); // what was fetched is no longer charged
  });

  it('are told together, the newest of each owner', () => {
    const { offers } = make();
    offers.passedOn(record(1), 0, 0);
    offers.passedOn(record(2), 0, 100);
    expect(offers.nextWakeAt).toBe(500);
    expect(offers.takeToTell(false, 499)).toEqual([]);
    expect(offers.takeToTell(false, 500)).toEqual([offer(record(2))]);
    expect(offers.takeToTell(false, 9999)).toEqual([]);
  });

  it('are not told when digests will', () => {
    const { offers } = make();
    offers.passedOn(record(1), 0, 0);
    expect(offers.takeToTell(true, 500)).toEqual([]);
    offers.passedOn(record(2), 0, 500);
    expect(offers.takeToTell(false, 2000)).toEqual([offer(record(2))]);
  });

  it('make a neighbour one of the tree for two seconds once it had to fetch', () => {
    const { offers } = make();
    expect(offers.isGrafted(a, 0)).toBe(false);
    offers.graft(a, 0);
    expect(offers.isGrafted(a, 1999)).toBe(true);
    expect(offers.isGrafted(b, 1999)).toBe(false);
    expect(offers.isGrafted(a, 2000)).toBe(false);
    offers.graft(a, 3000);
    offers.linkDown(a);
    expect(offers.isGrafted(a, 3001)).toBe(false);
  });

  it('go to all outside the tree among few Nodes, among many to three of them in turn', () => {
    const { offers } = make();
    const five = nodes.lives(5).map(({ id }) => id);
    expect(offers.whomToTell(five, 64)).toEqual(five);
    const told = Array.from({ length: 5 }, () => offers.whomToTell(five, 65));
    for (const each of told) expect(new Set(each).size).toBe(3);
    for (const id of five) expect(told.flat().filter((to) => to === id)).toHaveLength(3);
    expect(offers.whomToTell(five.slice(0, 2), 65)).toEqual(five.slice(0, 2));
  });
});
