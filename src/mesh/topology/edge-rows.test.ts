import { describe, expect, it } from 'vitest';
import { EdgeRows } from './edge-rows.ts';

function rowOf(rows: EdgeRows, slot: number): [number, number][] {
  return Array.from({ length: rows.count(slot) }, (_, i) => [rows.edgeAt(slot, i), rows.classAt(slot, i)]);
}

describe('rows of Edges', () => {
  it('say whether an Edge is new, only its class, or nothing', () => {
    const rows = new EdgeRows(4);
    expect(rows.list(1, 2, 5)).toBe('edge');
    expect(rows.list(1, 2, 5)).toBe('nothing');
    expect(rows.list(1, 2, 6)).toBe('class');
    expect(rowOf(rows, 1)).toEqual([[2, 6]]);
    expect(rowOf(rows, 2)).toEqual([]); // each end has a row of its own
  });

  it('lose an Edge wherever in the row it stands, and keep the classes of the others', () => {
    for (const lost of [7, 8, 9]) {
      const rows = new EdgeRows(4);
      for (const other of [7, 8, 9]) rows.list(3, other, other - 6);
      expect(rows.unlist(3, lost)).toBe(true);
      expect(rows.unlist(3, lost)).toBe(false);
      expect(rowOf(rows, 3).sort()).toEqual([7, 8, 9].filter((o) => o !== lost).map((o) => [o, o - 6]));
    }
  });

  it('grow with what they hold, and forget a row that is given to another', () => {
    const rows = new EdgeRows(2);
    for (let other = 0; other < 16; other++) rows.list(1, other, 3);
    rows.grow(4);
    expect(rows.list(3, 1, 2)).toBe('edge');
    expect(rows.count(1)).toBe(16);
    rows.clear(1);
    expect(rowOf(rows, 1)).toEqual([]);
    expect(rowOf(rows, 3)).toEqual([[1, 2]]);
  });
});
