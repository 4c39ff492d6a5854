import { describe, expect, it } from 'vitest';
import type { JobId } from '../../farm/index.ts';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { surplus } from './ended-renders.ts';

const random = seededRandom(1);
const [self, a, b] = [newNodeId(random), newNodeId(random), newNodeId(random)];
const PEOPLE = { s: self, a, b } as const;

/** Newest first, a letter a render: who asked for it. Returns the places of those that go. */
function gone(renders: string, most: number): readonly number[] {
  const ended = [...renders].map((who, place) => {
    const submitter = PEOPLE[who as keyof typeof PEOPLE];
    return { id: `${place}` as JobId, submitter, isOwn: submitter === self };
  });
  return surplus(ended, most).map(({ id }) => Number(id));
}

describe('of renders that are over', () => {
  it('none go while there are no more than are kept', () => {
    expect(gone('sab', 3)).toEqual([]);
  });

  it('the oldest of whoever has most go', () => {
    expect(gone('abaaab', 4)).toEqual([4, 3]);
  });

  it('of equals the oldest goes', () => {
    expect(gone('abab', 2)).toEqual([3, 2]);
  });

  it('own ones stay while there are others, and go when there are none', () => {
    expect(gone('aabss', 2)).toEqual([1, 2, 0]);
    expect(gone('sss', 2)).toEqual([2]);
  });
});
