import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { type NodeId, newNodeId } from '../../wire/index.ts';
import { NetworkTable } from './network-table.ts';

const ids = Array.from({ length: 3000 }, (_, i) => newNodeId(seededRandom(i + 1)));
const id = (i: number): NodeId => ids[i] ?? newNodeId(seededRandom(i + 1));
const teller = newNodeId(seededRandom(9999));

function tableOf(count: number): NetworkTable {
  const table = new NetworkTable(0);
  for (let i = 0; i < count; i++) table.learn(id(i), teller, true, 0);
  return table;
}

/** Whom it asks until then. */
function checks(
  table: NetworkTable,
  fromMs: number,
  untilMs: number,
  answer: (id: NodeId, now: number) => void,
): NodeId[] {
  const asked: NodeId[] = [];
  for (
    let now = Math.max(fromMs, table.nextCheckAt);
    now < untilMs;
    now = Math.max(now + 1, table.nextCheckAt)
  ) {
    const next = table.takeCheck(now);
    if (next === undefined) continue;
    asked.push(next);
    answer(next, now);
  }
  return asked;
}

describe('the network table', () => {
  it('counts nobody of whom it only heard', () => {
    const table = tableOf(2);
    expect(table.health(id(0), 0)).toBe('unchecked');
    expect(table.health(id(77), 0)).toBe('unchecked');
    expect([...table.known()][0]).toMatchObject({
      heardFrom: teller,
      lastProofAt: undefined,
      rttMs: undefined,
    });
  });

  it('takes proof for a minute', () => {
    const table = tableOf(2);
    expect(table.proof(id(0), 1000)).toBe(true);
    expect(table.proof(id(0), 2000)).toBe(false); // no news
    expect(table.health(id(0), 62_000)).toBe('healthy');
    expect(table.health(id(0), 62_001)).toBe('unchecked');
    expect(table.sweep(() => true, false, 62_001)).toEqual([{ id: id(0), health: 'unchecked' }]);
    expect([...table.known()][0]).toMatchObject({ heardFrom: id(0), lastProofAt: 2000 });
    expect(table.proof(id(500), 0)).toBe(false); // a stranger
  });

  it('suspects who fails two checks in a row, and not who fails one', () => {
    const table = tableOf(1);
    expect(table.failed(id(0), 1)).toBe(false);
    expect(table.answered(id(0), 20, 2)).toBe(true);
    expect(table.failed(id(0), 3)).toBe(false);
    expect(table.health(id(0), 3)).toBe('healthy');
    expect(table.failed(id(0), 4)).toBe(true);
    expect(table.health(id(0), 4)).toBe('suspected');
    expect(table.failed(id(0), 5)).toBe(false);
    expect(table.answered(id(0), 20, 6)).toBe(true);
    expect(table.health(id(0), 6)).toBe('healthy');
    expect(table.loss(id(0))).toBeCloseTo(4 / 6);
    expect(table.rttMs(id(0))).toBe(20);
  });

  it('asks a newcomer within a second, and a crowd two a second and not endlessly', () => {
    const few = tableOf(3);
    expect(checks(few, 0, 3000, (asked, now) => few.answered(asked, 1, now))).toHaveLength(3);
    const crowd = tableOf(1000);
    const asked = checks(crowd, 0, 60_000, (one, now) => crowd.answered(one, 1, now));
    expect(asked.length).toBeGreaterThanOrEqual(20);
    expect(asked.length).toBeLessThanOrEqual(27);
    expect(new Set(asked).size).toBe(asked.length);
  });

  it('asks six a minute at rest, the one asked longest ago first, and still has room for a newcomer', () => {
    const table = tableOf(12);
    const answer = (asked: NodeId, now: number) => table.answered(asked, 1, now);
    checks(table, 0, 600_000, answer);
    const asked = checks(table, 600_000, 720_000, answer);
    expect(asked.length).toBeGreaterThanOrEqual(11);
    expect(asked.length).toBeLessThanOrEqual(12);
    expect(new Set(asked).size).toBe(asked.length);
    table.learn(id(50), teller, true, 720_000);
    expect(checks(table, 720_000, 721_000, answer)).toContain(id(50));
  });

  it('asks nobody who was heard in another way', () => {
    const table = tableOf(3);
    checks(table, 0, 300_000, (asked, now) => table.answered(asked, 1, now));
    const asked = checks(table, 300_000, 600_000, (_, now) => {
      for (let i = 0; i < 3; i++) table.proof(id(i), now);
    });
    expect(asked.length).toBeLessThan(15);
  });

  it('forgets who is not in the view any more, and strangers after a minute', () => {
    const table = tableOf(2);
    table.learn(id(9), teller, false, 0);
    table.sweep((known) => known === id(0), true, 1000);
    expect([...table.known()].map((known) => known.id)).toEqual([id(0), id(9)]);
    table.sweep((known) => known === id(0), false, 61_000);
    expect([...table.known()].map((known) => known.id)).toEqual([id(0)]);
  });

  it('asks after those in the view only when some may have gone', () => {
    const table = tableOf(3);
    let asked = 0;
    const isInView = (): boolean => {
      asked++;
      return false;
    };
    table.sweep(isInView, false, 1000);
    expect([asked, table.size]).toEqual([0, 3]);
    table.sweep(isInView, true, 1000);
    expect([asked, table.size]).toEqual([3, 0]);
  });

  it('keeps at most 1,024 strangers, and asks none of them', () => {
    const table = new NetworkTable(0);
    for (let i = 0; i < 3000; i++) table.learn(id(i), teller, false, 0);
    expect(table.size).toBe(1024);
    expect(checks(table, 0, 60_000, () => undefined)).toEqual([]);
    table.learn(id(0), teller, true, 60_000); // now topology knows it
    table.learn(id(2999), teller, false, 60_000);
    expect(table.size).toBe(1025);
    expect(checks(table, 60_000, 70_000, () => undefined)).toEqual([id(0)]);
  });
});
