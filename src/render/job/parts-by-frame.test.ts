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
          const first = parts.first();
          const ofFrame = [...(first?.parts ?? [])];
          for (const part of ofFrame) expect(Math.floor(part / 3)).toBe(first?.frame);
          given.push(...ofFrame);
          for (const part of ofFrame) parts.delete(part);
        }
        const ascending = (a: number, b: number): number => a - b;
        expect(given.toSorted(ascending)).toEqual([...plain].sort(ascending));
        expect(parts.first()).toBeUndefined();
      }),
    );
  });

  it('come in the order of their frames’ coming', () => {
    const parts = new PartsByFrame(2);
    for (const part of [4, 0, 5]) parts.add(part);
    expect([...(parts.first()?.parts ?? [])]).toEqual([4, 5]);
    parts.delete(4);
    parts.delete(5);
    expect([...(parts.first()?.parts ?? [])]).toEqual([0]);
  });
});
