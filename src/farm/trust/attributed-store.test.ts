import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import type { WorkerRef } from '../contract.ts';
import { atHand, SumStore, sumOf } from '../sums.testing.ts';
import { AttributedStore, hashOfPiece } from './attributed-store.ts';
import { Liars } from './liars.ts';

const random = seededRandom(1);
const self = newNodeId(random);
const [a, b]: WorkerRef[] = Array.from({ length: 2 }, () => ({ node: newNodeId(random), index: 0 }));
if (!a || !b) throw new Error('unreachable');
const job = { taskCount: 20, spec: Uint8Array.of(7) };

function storeOf(...liars: readonly WorkerRef[]) {
  const inner = new SumStore(job);
  const known = liars.map(({ node }) => ({ node, withdrawnCost: 0 }));
  return { inner, store: new AttributedStore(inner, new Liars(self, known)) };
}

const fill = (store: AttributedStore, first: number, count: number, by: WorkerRef): void => {
  for (let task = first; task < first + count; task++) store.accept(task, sumOf(job.spec, task), by);
};
const piece = (task: number, maker: WorkerRef) => ({
  ...{ task, range: { first: 0, count: 2 }, maker: maker.node },
  hash: hashOfPiece(sumOf(job.spec, task).subarray(0, 2)),
});

describe('results with their makers', () => {
  it('are taken back by parts: those that have something of a liar, and no others', () => {
    const { inner, store } = storeOf();
    fill(store, 0, 7, b);
    fill(store, 7, 1, a); // the last of the first part
    fill(store, 8, 3, b);
    expect(store.withdraw(a.node)).toBe(8);
    expect(inner.version(0)).toBe(0);
    expect(store.version(1)).toBe(3);
    expect(store.isSettled(3)).toBe(false);
    expect(store.withdraw(a.node)).toBe(0);
  });

  it('say in a copy whose they are and what of them is not checked yet', () => {
    const { store } = storeOf();
    fill(store, 0, 3, a);
    store.noteUnchecked(piece(0, a));
    store.noteUnchecked(piece(1, a));
    store.noteChecked(piece(0, a));
    const copy = storeOf();
    copy.store.mergePart(0, atHand(store.encodePart(0)));
    expect(copy.store.unchecked()).toEqual([piece(1, a)]);
    expect(copy.store.withdraw(a.node)).toBe(3);
    expect(copy.store.unchecked()).toEqual([]);
  });

  it('do not come from a copy where somebody is known to have lied, nor come back over what was begun anew', () => {
    const old = storeOf();
    fill(old.store, 0, 8, a);
    const { inner, store } = storeOf(a);
    expect(() => store.mergePart(0, atHand(old.store.encodePart(0)))).toThrow('were wrong');
    expect(inner.doneCost).toBe(0);
    fill(store, 0, 2, b);
    const older = storeOf();
    fill(older.store, 0, 5, b);
    store.mergePart(0, atHand(older.store.encodePart(0)));
    expect(inner.version(0)).toBe(2);
    expect(store.version(0)).toBeGreaterThan(older.store.version(0));
  });

  it('give way to a part that was begun when more liars were known, however little of it there is', () => {
    const fresh = storeOf(a);
    fill(fresh.store, 0, 1, b);
    const { inner, store } = storeOf();
    fill(store, 0, 8, a);
    store.mergePart(0, atHand(fresh.store.encodePart(0)));
    expect(inner.version(0)).toBe(1);
    expect(store.version(0)).toBe(fresh.store.version(0));
  });

  it('have no makers of a copy that brought nothing new', () => {
    const { store } = storeOf();
    fill(store, 0, 4, b);
    const shorter = storeOf();
    fill(shorter.store, 0, 2, a);
    shorter.store.noteUnchecked(piece(1, a));
    store.mergePart(0, atHand(shorter.store.encodePart(0)));
    expect(store.unchecked()).toEqual([]);
    expect(store.withdraw(a.node)).toBe(0);
    expect(store.version(0)).toBe(4);
  });

  it('have version 0 where nothing is, whoever is known to have lied', () => {
    const { store } = storeOf(a);
    expect(store.version(0)).toBe(0);
    fill(store, 1, 1, b); // waits for its turn
    expect(store.version(0)).toBe(0);
    const older = storeOf();
    fill(older.store, 0, 3, b);
    store.mergePart(0, atHand(older.store.encodePart(0)));
    expect(store.version(0)).toBe(3);
  });

  it('forget unchecked pieces of results that came to nothing', () => {
    const { store } = storeOf();
    fill(store, 4, 1, a); // waits, and is in no copy
    store.noteUnchecked(piece(4, a));
    const copy = storeOf();
    fill(store, 0, 1, b);
    copy.store.mergePart(0, atHand(store.encodePart(0)));
    expect(copy.store.unchecked()).toEqual([]);
  });
});

describe('results that follow a copy of a part', () => {
  const sent = (store: AttributedStore, first: number, count: number, by: WorkerRef): Uint8Array => {
    const results = Array.from({ length: count }, (_, i) => ({
      ...{ task: first + i, worker: by },
      bytes: sumOf(job.spec, first + i),
    }));
    return store.encodeResults(store.partOf(first), results, self);
  };

  it('say whose they are, and what of the part is not checked yet', () => {
    const { store } = storeOf();
    fill(store, 0, 2, a);
    store.noteUnchecked(piece(1, a));
    const copy = storeOf();
    expect(copy.store.mergePart(0, sent(store, 0, 2, a))).toBe(true);
    expect(copy.store.unchecked()).toEqual([piece(1, a)]);
    expect(copy.store.withdraw(a.node)).toBe(2);
  });

  it('are taken once', () => {
    const { store } = storeOf();
    fill(store, 0, 2, a);
    const copy = storeOf();
    for (let i = 0; i < 2; i++) copy.store.mergePart(0, sent(store, 0, 2, a));
    expect([copy.inner.accepted, copy.inner.doubles]).toEqual([2, 0]);
  });

  it('are not taken from liars, into another generation of the part, or into another part', () => {
    const { store } = storeOf();
    fill(store, 0, 2, a);
    expect(() => storeOf(a).store.mergePart(0, sent(store, 0, 2, a))).toThrow('were wrong');
    const newer = storeOf(b);
    fill(newer.store, 0, 1, a);
    expect(newer.store.mergePart(0, sent(store, 0, 2, a))).toBe(false);
    expect(newer.inner.accepted).toBe(1);
    expect(() => storeOf().store.mergePart(1, sent(store, 0, 2, a))).toThrow('another part');
  });
});
