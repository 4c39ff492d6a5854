import { describe, expect, it } from 'vitest';
import { seededRandom } from '../runtime/index.ts';
import { newNodeId } from '../wire/index.ts';
import { Copying } from './copying.ts';
import { Handover } from './handover.ts';
import { atHand, SumStore, sumOf } from './sums.testing.ts';
import { Wanting } from './wanting.ts';

const random = seededRandom(3);
const [a, b] = [newNodeId(random), newNodeId(random)];
const spec = Uint8Array.of(7);

/** A store of `taskCount` sums in parts of eight, the first `done` of them here. */
function storeWith(taskCount: number, done: number): SumStore {
  const store = new SumStore({ taskCount, spec });
  for (let task = 0; task < done; task++) store.accept(task, sumOf(spec, task), { node: a, index: 0 });
  return store;
}

const versionsOf = (store: SumStore): Uint32Array =>
  Uint32Array.from({ length: store.partCount }, (_, part) => store.version(part));

function copying(store: SumStore): Copying {
  const copy = new Copying(store);
  copy.choose({ wished: undefined, others: [a] }, 0);
  return copy;
}

describe('Copying', () => {
  it('keeps its keeper as long as it will do, but prefers the one that is wished', () => {
    const copy = copying(storeWith(8, 0));
    expect(copy.standby).toBe(a);
    expect(copy.choose({ wished: undefined, others: [b, a] }, 0)).toBe(false);
    expect(copy.choose({ wished: undefined, others: [b] }, 0)).toBe(true);
    expect(copy.standby).toBe(b);
    expect(copy.choose({ wished: a, others: [b] }, 0)).toBe(true);
    expect(copy.choose({ wished: undefined, others: [] }, 0)).toBe(true);
    expect(copy.standby).toBeUndefined();
    copy.choose({ wished: undefined, others: [], lastResort: [b] }, 0);
    expect(copy.standby).toBe(b);
    copy.choose({ wished: undefined, others: [a], lastResort: [b] }, 0);
    expect(copy.standby).toBe(a);
  });

  it('gives a keeper up that never says what it has', () => {
    const copy = copying(storeWith(8, 8));
    expect([copy.isMute(14_999), copy.isMute(15_000)]).toEqual([false, true]);
    copy.offered(a, 0, new Uint32Array(1), 15_000);
    expect(copy.isMute(60_000)).toBe(false);
  });

  it('sends nothing before the keeper has said what it has, then what it lacks, four parts at a time', () => {
    const store = storeWith(64, 50);
    const copy = copying(store);
    expect(copy.ship(0)).toEqual([]);
    copy.offered(b, 0, new Uint32Array(8), 0);
    expect(copy.ship(0)).toEqual([]); // it is not the keeper
    copy.offered(a, 0, Uint32Array.of(0, 8, 0, 0, 3, 0, 0, 0), 0);
    expect(copy.ship(0).map(({ part }) => part)).toEqual([0, 2, 3, 4]);
    expect(copy.ship(0)).toEqual([]);
    copy.settled(a, 2, true, 10);
    expect(copy.ship(10).map(({ part }) => part)).toEqual([5]);
    copy.settled(a, 3, true, 20);
    expect(copy.ship(20).map(({ part }) => part)).toEqual([6]); // of the last part nothing is here
    for (const part of [0, 4, 5, 6]) copy.settled(a, part, true, 30);
    expect(copy.ship(30)).toEqual([]);
    expect(copy.nextWakeAt).toBe(Number.POSITIVE_INFINITY);
  });

  it('sends a part that changes at most every two seconds, and all at once when the Job is over', () => {
    const store = storeWith(8, 1);
    const copy = copying(store);
    copy.offered(a, 0, new Uint32Array(1), 0);
    expect(copy.ship(0)).toHaveLength(1);
    copy.settled(a, 0, true, 10);
    store.accept(1, sumOf(spec, 1), { node: a, index: 0 });
    copy.changed(100);
    expect(copy.nextWakeAt).toBe(10);
    expect(copy.ship(600)).toEqual([]);
    expect(copy.nextWakeAt).toBe(2_000);
    expect(copy.ship(2_000)).toHaveLength(1);
    copy.settled(a, 0, true, 2_010);
    store.accept(2, sumOf(spec, 2), { node: a, index: 0 });
    copy.over(2_020);
    expect(copy.ship(2_020)).toHaveLength(1);
  });

  it('sends again what did not arrive, and what the keeper says it lacks', () => {
    const copy = copying(storeWith(8, 8));
    copy.offered(a, 0, new Uint32Array(1), 0);
    expect(copy.ship(0)).toHaveLength(1);
    copy.settled(a, 0, false, 100);
    expect(copy.ship(copy.nextWakeAt)).toEqual([]);
    expect(copy.ship(2_000)).toHaveLength(1);
    copy.settled(a, 0, true, 2_010);
    copy.offered(a, 0, new Uint32Array(1), 5_000); // it was reloaded
    expect(copy.ship(5_000)).toHaveLength(1);
  });
});

describe('a Handover and what a coordinator wants of it', () => {
  it('brings all that is newer to the coordinator, whatever is lost, and is done then', () => {
    for (let seed = 0; seed < 20; seed++) {
      const dice = seededRandom(seed);
      const isLost = (): boolean => dice.uint32() % 3 === 0;
      const [mine, theirs] = [storeWith(100, 90), storeWith(100, 20)];
      const handover = new Handover(mine, false, 0);
      const wanting = new Wanting(theirs);
      for (let nowMs = 0; nowMs < 300_000 && !handover.isDone; nowMs += 500) {
        for (const { first, versions } of handover.offers(nowMs)) {
          if (isLost()) continue;
          const parts = wanting.offered(a, first, versions, nowMs);
          if (parts && !isLost()) handover.wanted(first, parts);
        }
        for (const { part, bytes } of handover.ship()) {
          if (!isLost() && wanting.takes(a, part)) theirs.mergePart(part, atHand(bytes));
          handover.settled(nowMs);
        }
      }
      expect(handover.isDone, `seed ${seed}`).toBe(true);
      expect(versionsOf(theirs)).toEqual(versionsOf(mine));
    }
  });

  it('asks at once for more when what was wanted has been sent', () => {
    const handover = new Handover(storeWith(8, 8), false, 0);
    handover.offers(0);
    handover.wanted(0, Uint32Array.of(0));
    expect(handover.ship()).toHaveLength(1);
    expect(handover.nextWakeAt).toBe(3_000);
    handover.settled(40);
    expect(handover.nextWakeAt).toBe(40);
  });

  it('goes on offering as long as it keeps the second copy, less often when nothing is wanted', () => {
    const handover = new Handover(storeWith(8, 8), true, 0);
    expect(handover.offers(0)).toHaveLength(1);
    expect(handover.offers(1_000)).toEqual([]);
    expect(handover.offers(3_000)).toHaveLength(1);
    handover.wanted(0, new Uint32Array());
    expect(handover.isDone).toBe(false);
    expect(handover.offers(6_000)).toHaveLength(1);
    expect(handover.offers(20_000)).toEqual([]);
    expect(handover.offers(21_000)).toHaveLength(1);
    handover.restart(21_001);
    expect(handover.offers(21_001)).toHaveLength(1);
  });

  it('takes no part that was not asked for, and each once', () => {
    const wanting = new Wanting(storeWith(16, 0));
    expect(wanting.takes(a, 0)).toBe(false);
    expect(wanting.offered(a, 0, Uint32Array.of(3), 0)).toEqual(Uint32Array.of(0));
    expect(wanting.takes(b, 0)).toBe(false);
    expect([wanting.takes(a, 0), wanting.takes(a, 0)]).toEqual([true, false]);
  });

  it('asks one Node at a time for a part, and another when that one does not bring it', () => {
    const wanting = new Wanting(storeWith(16, 0));
    wanting.offered(a, 0, Uint32Array.of(3), 0);
    expect(wanting.offered(b, 0, Uint32Array.of(3), 100)).toBeUndefined(); // not "nothing": it may be needed
    expect(wanting.offered(b, 0, Uint32Array.of(3), 10_000)).toEqual(Uint32Array.of(0));
    wanting.left(b);
    expect(wanting.offered(a, 0, Uint32Array.of(3), 10_001)).toEqual(Uint32Array.of(0));
  });

  it('wants at most 256 parts at a time, and none that there is not', () => {
    const wanting = new Wanting(storeWith(8 * 300, 0));
    expect(wanting.offered(a, 0, new Uint32Array(65_536).fill(9), 0)).toHaveLength(256);
    expect(wanting.offered(a, 2 ** 31, new Uint32Array(10).fill(9), 0)).toHaveLength(0);
  });
});
