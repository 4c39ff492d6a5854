import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlotTable } from './slot-table.ts';

function slotsOf(table: SlotTable, key: number): number[] {
  const slots: number[] = [];
  for (let at = table.first(key); at >= 0; at = table.next(at, key)) slots.push(table.slotAt(at));
  return slots.sort((a, b) => a - b);
}

describe('a table of slots', () => {
  it('finds what a map of lists finds, whatever is added and removed, keys that are the same among them', () => {
    const step = fc.record({
      isAdded: fc.boolean(),
      key: fc.integer({ min: -40, max: 40 }),
      slot: fc.nat(300),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400, size: 'max' }), (steps) => {
        const table = new SlotTable();
        const model = new Map<number, Set<number>>();
        let size = 0;
        for (const { isAdded, key, slot } of steps) {
          const slots = model.get(key) ?? new Set();
          model.set(key, slots);
          if (isAdded && !slots.has(slot)) {
            slots.add(slot);
            table.add(key, slot);
            size++;
          } else if (!isAdded) {
            if (slots.delete(slot)) size--;
            table.remove(key, slot);
          }
        }
        expect(table.size).toBe(size);
        for (let key = -41; key <= 41; key++)
          expect(slotsOf(table, key)).toEqual([...(model.get(key) ?? [])].sort((a, b) => a - b));
      }),
      { numRuns: 100, seed: 3 },
    );
  });

  it('grows, and keeps keys of any size apart', () => {
    const table = new SlotTable();
    const keyOf = (i: number): number => Math.imul(i, 0x01000193) ^ 0x7fff_0000;
    for (let i = 0; i < 3000; i++) table.add(keyOf(i), i);
    for (let i = 0; i < 3000; i += 2) table.remove(keyOf(i), i);
    expect(table.size).toBe(1500);
    for (let i = 0; i < 3000; i++) expect(slotsOf(table, keyOf(i))).toEqual(i % 2 === 0 ? [] : [i]);
  });
});
