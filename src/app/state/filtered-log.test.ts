import { describe, expect, it } from 'vitest';
import { FilteredLog, holdsWords } from './filtered-log.ts';

const entries = (log: FilteredLog<string>): readonly string[] => log.rows().map(({ entry }) => entry);

describe('a filtered log', () => {
  it('keeps what weighs no more than it may, the newest first of all, whatever that weighs alone', () => {
    const log = new FilteredLog<string>({ rows: 10, weight: 6, weigh: ({ length }) => length });
    log.append(['aaa', 'bb', 'c']);
    expect(entries(log)).toEqual(['aaa', 'bb', 'c']);
    log.append(['d']);
    expect(entries(log)).toEqual(['bb', 'c', 'd']);
    log.append(['far too long']);
    expect(entries(log)).toEqual(['far too long']);
    log.append(['e']);
    expect(entries(log)).toEqual(['e']);
    expect(log.droppedRows).toBe(5);
    log.clear();
    log.append(['f'.repeat(6)]);
    expect(log.total).toBe(1);
  });

  it('numbers what it never kept, too', () => {
    const log = new FilteredLog<string>({ rows: 2 });
    log.append(['a', 'b', 'c', 'd']);
    expect(log.rows().map(({ sequence }) => sequence)).toEqual([2, 3]);
  });
});

describe('the words of a filter', () => {
  it('must all occur, and nothing is looked at where there are none', () => {
    expect(holdsWords(' ', () => expect.fail('looked'))).toBe(true);
    expect(holdsWords('B a', () => 'a b c')).toBe(true);
    expect(holdsWords('a d', () => 'a b c')).toBe(false);
  });
});
