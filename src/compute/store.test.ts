import { describe, expect, it } from 'vitest';
import type { BlobHash } from '../services/blobs/index.ts';
import { encodeAnswer } from './outcome-codec.ts';
import { pack } from './packing.ts';
import { ComputeStore } from './store.ts';

function setUp(options: { readonly isRepeatable?: boolean } = {}) {
  const settled = { count: 0 };
  const spec = {
    source: '0'.repeat(64) as BlobHash,
    ...{ sourceBytes: 1, inputs: new Uint8Array(), inputCount: 3, inputsPerTask: 2, isRepeatable: true },
    ...options,
  };
  return { settled, store: new ComputeStore(spec, () => settled.count++) };
}

const result = (...values: readonly number[]): Uint8Array =>
  pack(values.map((value) => encodeAnswer({ value })));

describe('the store of a computation', () => {
  it('has each result once, with the place of its inputs, and counts them', () => {
    const { store, settled } = setUp();
    for (let i = 0; i < 2; i++) store.accept(1, result(7));
    expect([store.doneCost, store.totalCost, settled.count]).toEqual([1, 3, 1]);
    expect(store.outcomes(1)).toEqual([{ index: 2, value: 7 }]);
    expect([store.version(0), store.version(1), store.outcomes(0)]).toEqual([0, 1, undefined]);
  });

  it('can be compared by inputs, as a whole where its outcomes are large, and not where no two devices come to the same', () => {
    const { store } = setUp();
    expect(store.pieceCount(0, result(1, 2))).toBe(2);
    expect(store.piece(0, result(1, 2), { first: 1, count: 1 })).toEqual(result(2));
    expect(store.piece(0, result(1, 2), { first: 0, count: 2 })).toEqual(result(1, 2));
    expect(store.pieceCount(0, new Uint8Array(65_536))).toBe(1);
    expect(setUp({ isRepeatable: false }).store.pieceCount(0, result(1, 2))).toBe(0);
  });

  it('forgets a result that was wrong, and takes another one', () => {
    const { store } = setUp();
    store.accept(0, result(1, 2));
    store.resetPart(0);
    store.resetPart(1);
    expect([store.doneCost, store.isSettled(0), store.version(0)]).toEqual([0, false, 0]);
    store.accept(store.partOf(0), result(3, 4));
    expect(store.outcomes(0)).toMatchObject([{ value: 3 }, { value: 4 }]);
  });

  it('takes no result that is none of that Task: the fault is of whoever sent it', () => {
    const { store, settled } = setUp();
    const damaged = pack([result(1), Uint8Array.of(9, 9)]);
    expect(() => store.accept(0, damaged)).toThrow(expect.objectContaining({ code: 'damaged-result' }));
    expect(() => store.accept(0, result(1))).toThrow(expect.objectContaining({ code: 'damaged-pack' }));
    expect(() => store.mergePart(1, result(1, 2))).toThrow(expect.objectContaining({ code: 'damaged-pack' }));
    expect([store.doneCost, settled.count]).toEqual([0, 0]);
  });
});
