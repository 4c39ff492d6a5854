import { describe, expect, it } from 'vitest';
import type { RoomUpdate } from '../../services/rooms/index.ts';
import { layoutDag } from './dag-layout.ts';

const update = (hash: string, ...parents: readonly string[]): RoomUpdate =>
  ({ hash, parents, author: 'a', claimedAtMs: 0, update: null }) as unknown as RoomUpdate;

describe('the drawing of a room', () => {
  it('has what follows right of all its parents, and what is side by side beneath each other', () => {
    const { placed, lines, columns, rows } = layoutDag([
      update('a', 'closed'),
      update('b', 'a'),
      update('c', 'a'),
      update('d', 'b', 'c'),
      update('e', 'a', 'd'),
    ]);
    expect(placed.map(({ update: { hash }, column, row }) => [hash, column, row])).toEqual([
      ['a', 0, 0],
      ['b', 1, 0],
      ['c', 1, 1],
      ['d', 2, 0],
      ['e', 3, 0],
    ]);
    expect(lines).toHaveLength(6);
    expect([columns, rows]).toEqual([4, 2]);
    expect(layoutDag([])).toMatchObject({ columns: 0, rows: 0 });
  });
});
