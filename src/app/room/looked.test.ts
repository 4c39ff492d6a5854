import { describe, expect, it } from 'vitest';
import type { AuthorId, UpdateHash } from '../../services/rooms/index.ts';
import { lookedAt, unseen } from './looked.ts';
import type { Line } from './page-reducer.ts';

const [self, other] = ['self', 'other'] as AuthorId[] as [AuthorId, AuthorId];
const line = (text: string, author = other): Line => ({
  ...{ id: text as UpdateHash, author, name: author, atMs: 0, text, link: null },
});
const textsOf = (lines: readonly Line[]): readonly string[] => lines.map(({ text }) => text);
const [before, own, after] = [line('before'), line('own', self), line('after')];

describe('lines that nobody has looked at', () => {
  it('are those of others that have come since', () => {
    expect(textsOf(unseen([before, own, after], lookedAt([before]), self))).toEqual(['after']);
    expect(unseen([before], lookedAt([before]), self)).toEqual([]);
    expect(textsOf(unseen([before, own], lookedAt([]), self))).toEqual(['before']);
  });

  it('are also those that stand before what was looked at: their author was away, or wrote in the same moment', () => {
    const late = line('late');
    expect(textsOf(unseen([before, late, own], lookedAt([before, own]), self))).toEqual(['late']);
  });

  it('stand after the newest of an earlier visit, of which no more is known', () => {
    const looked = { newest: before.id, ids: undefined };
    expect(textsOf(unseen([line('old'), before, own, after], looked, self))).toEqual(['after']);
    expect(textsOf(unseen([before, after], { newest: undefined, ids: undefined }, self))).toEqual([
      ...['before', 'after'],
    ]);
  });
});
