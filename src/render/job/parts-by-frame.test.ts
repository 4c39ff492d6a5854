import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PartsByFrame } from './parts-by-frame.ts';

describe('parts by frame', () => {
  it('are a set, and come one frame after the other', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(20), fc.boolean())), (steps) => {
        const parts = new PartsByFrame(3);
        const plain = new Set<number>();
        for (const [part, isAdded] of steps) {
          if (isAdded) parts.add(part);
          else parts.delete(part);
          if (isAdded) plain.add(part);
          else plain.delete(part);
          expect(parts.size).toBe(plain.size);
        }
        const given: number[] = [];
        while (parts.size > 0) {
          const frame = [...parts.first()];
          expect(new Set(frame.map((part) => Math.floor(part / 3))).size).toBe(1);
          given.push(...frame);
          for (const part of frame) parts.delete(part);
        }
        const ascending = (a: number, b: number): number => a - b;
        expect(given.toSorted(ascending)).toEqual([...plain].sort(ascending));
        expect([...parts.first()]).toEqual([]);
      }),
    );
  });

  it('come in the order of their frames’ coming', () => {
    const parts = new PartsByFrame(2);
    for (const part of [4, 0, 5]) parts.add(part);
    expect([...parts.first()]).toEqual([4, 5]);
    parts.delete(4);
    parts.delete(5);
    expect([...parts.first()]).toEqual([0]);
  });
});
