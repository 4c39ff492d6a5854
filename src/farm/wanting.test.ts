import { describe, expect, it } from 'vitest';
import { seededRandom } from '../runtime/index.ts';
import { newNodeId } from '../wire/index.ts';
import { SumStore } from './sums.testing.ts';
import { Wanting } from './wanting.ts';

const random = seededRandom(3);
const [honest, hostile] = [newNodeId(random), newNodeId(random)];
const versions = Uint32Array.of(8, 8, 8);

const newStore = () => new SumStore({ taskCount: 24, spec: Uint8Array.of(7) });
const setUp = () => new Wanting(newStore());
const asked = (parts: Uint32Array | undefined): readonly number[] => [...(parts ?? [])];

describe('parts that others have', () => {
  it('are asked for where they are newer than what is here, of one Node at a time', () => {
    const wanting = setUp();
    expect(asked(wanting.offered(honest, 0, Uint32Array.of(0, 8, 1), 0))).toEqual([1, 2]);
    expect(wanting.offered(hostile, 0, Uint32Array.of(0, 8, 8), 1)).toBeUndefined();
    expect([wanting.takes(hostile, 1), wanting.takes(honest, 1), wanting.takes(honest, 1)]).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('are asked of another one when they do not come, however often the first one offers them', () => {
    const wanting = setUp();
    wanting.offered(hostile, 0, versions, 0);
    let isAsked = false;
    for (let nowMs = 100; nowMs <= 15_000 && !isAsked; nowMs += 100) {
      wanting.offered(hostile, 0, versions, nowMs);
      if (nowMs % 3_000 === 0) isAsked = asked(wanting.offered(honest, 0, versions, nowMs)).length > 0;
    }
    expect(isAsked).toBe(true);
    wanting.offered(hostile, 0, versions, 15_100);
    expect([0, 1, 2].every((part) => wanting.takes(honest, part))).toBe(true);
  });

  it('stay with a Node that brings one after the other', () => {
    const store = newStore();
    const wanting = new Wanting(store);
    wanting.offered(honest, 0, versions, 0);
    for (const [part, nowMs] of [8_000, 16_000, 24_000].entries()) {
      expect(wanting.offered(hostile, 0, versions, nowMs)).toBeUndefined();
      expect(wanting.takes(honest, part)).toBe(true);
      store.mergePart(part, new Uint8Array(8 * 32));
      wanting.came(honest, nowMs);
    }
  });
});
