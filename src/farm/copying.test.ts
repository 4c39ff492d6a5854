import { describe, expect, it } from 'vitest';
import { seededRandom } from '../runtime/index.ts';
import { type NodeId, newNodeId } from '../wire/index.ts';
import { Copying } from './copying.ts';
import { Handover } from './handover.ts';
import { atHand, SumStore, sumOf } from './sums.testing.ts';
import { AttributedStore } from './trust/attributed-store.ts';
import { Liars } from './trust/liars.ts';
import { Wanting } from './wanting.ts';

const random = seededRandom(3);
const [a, b] = [newNodeId(random), newNodeId(random)];
const spec = Uint8Array.of(7);

/** A store of `taskCount` sums in parts of eight, the first `done` of them here. */
function storeWith(taskCount: number, done: number): AttributedStore {
  const store = new AttributedStore(new SumStore({ taskCount, spec }), new Liars(b, []));
  for (let task = 0; task < done; task++) store.accept(task, sumOf(spec, task), { node: a, index: 0 });
  return store;
}

const versionsOf = (store: AttributedStore): Uint32Array =>
  Uint32Array.from({ length: store.partCount }, (_, part) => store.version(part));

function copying(store: AttributedStore): Copying {
  const copy = new Copying(store);
  copy.choose({ wished: undefined, others: [a] }, 0);
  return copy;
}

/** A result of the keeper's comes in, or of somebody else's. */
function take(copy: Copying, store: AttributedStore, task: number, node: NodeId, nowMs: number): void {
  const [part, bytes, worker] = [store.partOf(task), sumOf(spec, task), { node, index: 0 }];
  const before = store.version(part);
  store.accept(task, bytes, worker);
  copy.accepted(part, { task, worker, bytes }, before, nowMs);
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

  it('sends the results that come into a part which the keeper has, once, those that come together in one message', () => {
    const store = storeWith(8, 1);
    const copy = copying(store);
    copy.offered(a, 0, Uint32Array.of(1), 0);
    expect(copy.ship(0)).toEqual([]);
    take(copy, store, 2, b, 100); // before its turn
    take(copy, store, 1, b, 200);
    expect(copy.ship(599)).toEqual([]);
    const [shipment, ...others] = copy.ship(600);
    expect(others).toEqual([]);
    const second = storeWith(8, 1);
    second.mergePart(0, atHand(shipment?.bytes ?? new Uint8Array()));
    expect(second.version(0)).toBe(3);
    copy.settled(a, 0, true, 700);
    expect(copy.ship(5_000)).toEqual([]);
  });

  it('names the keeper its own results, which it has', () => {
    const store = storeWith(8, 0);
    const copy = copying(store);
    copy.offered(a, 0, new Uint32Array(1), 0);
    take(copy, store, 0, a, 0);
    const bytes = atHand(copy.ship(500)[0]?.bytes ?? new Uint8Array());
    const [second, forgetful] = [storeWith(8, 0), storeWith(8, 0)];
    expect(forgetful.mergePart(0, bytes)).toBe(false);
    expect(second.mergePart(0, bytes, (task) => sumOf(spec, task))).toBe(true);
    expect([second.version(0), forgetful.version(0)]).toEqual([1, 0]);
  });

  it('sends the whole of a part where a result may be lost, at most every two seconds, and all at once when the Job is over', () => {
    const store = storeWith(8, 1);
    const copy = copying(store);
    const second = storeWith(8, 0);
    const shipAt = (nowMs: number): boolean =>
      copy.ship(nowMs).every(({ bytes }) => second.mergePart(0, atHand(bytes)));
    copy.offered(a, 0, new Uint32Array(1), 0);
    expect(shipAt(0)).toBe(true);
    copy.settled(a, 0, true, 10);
    take(copy, store, 1, b, 20);
    expect(copy.ship(600)).toHaveLength(1);
    copy.settled(a, 0, false, 700);
    expect(copy.ship(1_300)).toEqual([]);
    expect(copy.nextWakeAt).toBe(2_000);
    shipAt(2_000);
    expect(second.version(0)).toBe(2);
    copy.settled(a, 0, true, 2_010);
    copy.offered(a, 0, Uint32Array.of(1), 2_015); // it has lost something
    copy.over(2_020);
    expect(copy.ship(2_020)).toHaveLength(1);
  });

  it('sends what waits in the store for its turn after the whole of a part, which is without it', () => {
    const store = storeWith(8, 1);
    const copy = copying(store);
    const second = storeWith(8, 0);
    copy.offered(a, 0, Uint32Array.of(1), 0);
    take(copy, store, 1, b, 0);
    take(copy, store, 3, b, 0);
    copy.merged(0, 0);
    for (const nowMs of [500, 600, 700]) {
      for (const { part, bytes } of copy.ship(nowMs)) {
        second.mergePart(part, atHand(bytes));
        copy.settled(a, part, true, nowMs);
      }
    }
    expect([second.version(0), second.isSettled(3)]).toEqual([2, true]);
  });

  it('takes for lost what has been on its way for four seconds when the keeper says that it lacks it', () => {
    const store = storeWith(8, 1);
    const copy = copying(store);
    copy.offered(a, 0, Uint32Array.of(1), 0);
    take(copy, store, 1, b, 0);
    expect(copy.ship(500)).toHaveLength(1);
    copy.offered(a, 0, Uint32Array.of(1), 4_499);
    expect(copy.ship(4_499)).toEqual([]);
    copy.offered(a, 0, Uint32Array.of(1), 4_500);
    const second = storeWith(8, 1);
    for (const { bytes } of copy.ship(4_500)) second.mergePart(0, atHand(bytes));
    expect(second.version(0)).toBe(2);
  });

  it('sends the whole of a part that has come from elsewhere', () => {
    const store = storeWith(8, 0);
    const copy = copying(store);
    copy.offered(a, 0, new Uint32Array(1), 0);
    store.mergePart(0, atHand(storeWith(8, 5).encodePart(0)));
    copy.merged(0, 0);
    const second = storeWith(8, 0);
    for (const { bytes } of copy.ship(500)) second.mergePart(0, atHand(bytes));
    expect(second.version(0)).toBe(5);
  });

  it('holds at most 8 MiB for a keeper that is slow, and sends it whole parts then', () => {
    const tasks = 64;
    const versions = new Uint32Array(tasks);
    const forms: string[] = [];
    const encoded = (form: string): Uint8Array => {
      forms.push(form);
      return new Uint8Array();
    };
    const copy = new Copying({
      partCount: tasks,
      version: (part) => versions[part] ?? 0,
      encodePart: () => encoded('whole'),
      encodeResults: () => encoded('results'),
    });
    copy.choose({ wished: undefined, others: [a] }, 0);
    copy.offered(a, 0, new Uint32Array(tasks), 0);
    const bytes = new Uint8Array(1024 * 1024);
    for (let task = 0; task < 10; task++) {
      versions[task] = 1;
      copy.accepted(task, { task, worker: { node: b, index: 0 }, bytes }, 0, 0);
    }
    for (let nowMs = 1_000; nowMs < 20_000; nowMs += 1_000) {
      for (const { part } of copy.ship(nowMs)) copy.settled(a, part, true, nowMs);
    }
    expect(forms.toSorted()).toEqual([...Array(8).fill('results'), 'whole', 'whole']);
  });

  it('brings a keeper all there is, whatever is lost and in whatever order it comes', () => {
    for (let seed = 0; seed < 40; seed++) {
      const dice = seededRandom(seed);
      const isLost = (): boolean => dice.uint32() % 4 === 0;
      const [first, second] = [storeWith(64, 20), storeWith(64, 5)];
      const copy = copying(first);
      const tasks = Array.from({ length: 44 }, (_, i) => 20 + i).toSorted(() => (dice.uint32() % 2) - 0.5);
      for (let nowMs = 0; nowMs < 120_000; nowMs += 250) {
        if (nowMs % 3_000 === 0 && !isLost()) copy.offered(a, 0, versionsOf(second), nowMs);
        const task = nowMs % 1_000 === 0 ? tasks.pop() : undefined;
        if (task !== undefined) take(copy, first, task, isLost() ? a : b, nowMs);
        for (const { part, bytes } of copy.ship(nowMs)) {
          const hasArrived = !isLost();
          if (hasArrived)
            second.mergePart(part, atHand(bytes), (own) => (isLost() ? undefined : sumOf(spec, own)));
          copy.settled(a, part, hasArrived, nowMs);
        }
      }
      expect(versionsOf(second), `seed ${seed}`).toEqual(versionsOf(first));
      expect((second.inner as SumStore).isRight, `seed ${seed}`).toBe(true);
      expect((second.inner as SumStore).doubles).toBe(0);
    }
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
